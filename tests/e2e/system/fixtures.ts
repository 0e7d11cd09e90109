/**
 * What a spec is handed: a system of its own database, an officer's desk, and phones on demand.
 *
 * The system lives as long as the worker. The officer signs in once for all of them, because a one-time code is
 * good for one sign-in in thirty seconds; the cookies are then handed to every desk.
 */
import { type Browser, type BrowserContext, expect, type Page, test as base } from "@playwright/test";
import { join } from "node:path";
import { Console } from "../faces/console";
import { Insurer } from "../faces/insurer";
import { Phone } from "../faces/phone";
import { ARTIFACTS, DESK, launch, open, PHONE } from "./browser";
import type { Scene } from "./scenes";
import { type Database, startSystem, type System } from "./server";

export interface Options {
  database: Database;
  sandbox: boolean;
}

interface Shared {
  system: System;
  officerCookies: Awaited<ReturnType<BrowserContext["storageState"]>>;
}

interface PerTest {
  /** Uncaught errors of pages and answers of 5xx; a test that ends with one has failed. */
  errors: string[];
  desk: Console;
  /** An insurer's clerk at a desk. */
  insurer: Insurer;
  /** A phone in a browser of its own. */
  phone: (scene: Scene) => Promise<Phone>;
  /** Keeps a picture of a page, named for what it shows. */
  picture: (page: Page, name: string) => Promise<void>;
}

export const test = base.extend<PerTest, Options & Shared>({
  database: ["sqlite", { option: true, scope: "worker" }],
  sandbox: [false, { option: true, scope: "worker" }],

  system: [
    async ({ database, sandbox }, use) => {
      const system = await startSystem(database, sandbox);
      await use(system);
      await system.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],

  officerCookies: [
    async ({ system }, use) => {
      const browser = await launch("desk");
      const context = await browser.newContext({ ...DESK, baseURL: system.demo.base_url });
      await new Console(await open(context, []), system.demo).signIn();
      const cookies = await context.storageState();
      await browser.close();
      await use(cookies);
    },
    { scope: "worker", timeout: 90_000 },
  ],

  errors: async ({ system }, use, info) => {
    const errors: string[] = [];
    await use(errors);
    if (info.status !== info.expectedStatus || errors.length > 0) {
      await info.attach("server log", { body: system.log(), contentType: "text/plain" });
    }
    expect(errors).toEqual([]);
  },

  desk: async ({ system, officerCookies, errors }, use) => {
    const browser = await launch("desk");
    const context = await browser.newContext({ ...DESK, baseURL: system.demo.base_url, storageState: officerCookies });
    await use(new Console(await open(context, errors), system.demo));
    await browser.close();
  },

  insurer: async ({ system, errors }, use) => {
    const browser = await launch("desk");
    const context = await browser.newContext({ ...DESK, baseURL: system.demo.base_url });
    await use(new Insurer(await open(context, errors), system.demo));
    await browser.close();
  },

  phone: async ({ system, errors }, use) => {
    const browsers: Browser[] = [];
    await use(async (scene) => {
      const browser = await launch(scene);
      browsers.push(browser);
      const context = await browser.newContext({ ...PHONE, baseURL: system.demo.base_url });
      return new Phone(await open(context, errors), system.demo, errors);
    });
    await Promise.all(browsers.map((browser) => browser.close()));
  },

  picture: async ({}, use, info) => {
    let taken = 0;
    await use(async (page, name) => {
      taken += 1;
      const file = `${info.project.name}-${info.titlePath.at(-1)?.slice(0, 24)}-${String(taken).padStart(2, "0")}-${name}.png`;
      await page.screenshot({ path: join(ARTIFACTS, "pictures", file.replaceAll(/[\s/]+/g, "-")) });
    });
  },
});

export { expect };
