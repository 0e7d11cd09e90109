/** Unit tests run in plain node: whatever needs a browser is tested in one, end to end. */
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [vue()],
  test: { include: ["**/*.test.ts"], exclude: ["node_modules", "dist"], environment: "node" },
});
