/**
 * End-to-end: the built `kuaichu demo`, and each person in a Chromium of their own.
 *
 * One worker, because three browsers that encode video fill two cores. No retries: a test that passes the second
 * time has failed. Times here are only where waiting ends; no test asserts how long something took.
 */
import { defineConfig } from "@playwright/test";
import type { Options } from "./system/fixtures";

export default defineConfig<object, Options>({
  testDir: "specs",
  outputDir: "artifacts/failures",
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 20_000 },
  use: { actionTimeout: 20_000, navigationTimeout: 30_000 },
  reporter: "list",
  projects: [
    { name: "sqlite", use: { database: "sqlite" }, testIgnore: /(postgres|portal)\.spec/ },
    { name: "sandbox", use: { database: "sqlite", sandbox: true }, testMatch: /portal\.spec/ },
    { name: "postgres", use: { database: "postgres" }, testMatch: /postgres/ },
  ],
});
