/**
 * Three pages: `dist/p/`, `dist/console/`, `dist/insurer/`, with hashed files in `dist/assets/`.
 *
 * `npm run build` builds one after the other (`--mode phone` …), because a chunk shared by two pages carries what either
 * needs: built together, the phone would load the console's half of Vue.
 *
 * Everything is served from `/` by the `kuaichu` binary. The pages run under `default-src 'self'`, so nothing here may
 * inline a script or a style.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Folder of each page → the path it is served at. */
const FACES = { phone: "p", console: "console", insurer: "insurer" } as const;

const FIRST = "phone";

/** The pages to build: the one the mode names, else all. */
function inputs(mode: string): Record<string, string> {
  const folders = Object.keys(FACES).filter((folder) => !(mode in FACES) || folder === mode);
  const pages = Object.fromEntries(folders.map((folder) => [folder, here(`${folder}/index.html`)]));
  return folders.includes(FIRST) ? { ...pages, [WORKER]: here(`${FIRST}/sw.ts`) } : pages;
}

/** The phone's worker must lie beside its page, under a name that never changes. */
const WORKER = "sw";

/** The phone's link is typed and read aloud, so it is `/p/`; its folder keeps a name that says what it is. */
function shortPaths(): Plugin {
  return {
    name: "short-paths",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (request.url === "/p/" || request.url?.startsWith("/p/?")) request.url = "/phone/index.html";
        next();
      });
    },
    closeBundle() {
      for (const [folder, served] of Object.entries(FACES)) {
        if (folder === served || !existsSync(here(`dist/${folder}`))) continue;
        mkdirSync(here(`dist/${served}`), { recursive: true });
        renameSync(here(`dist/${folder}/index.html`), here(`dist/${served}/index.html`));
        rmSync(here(`dist/${folder}`), { recursive: true });
      }
    },
  };
}

/** Below this a packed copy saves nothing worth a file. */
const PACK_FROM_BYTES = 700;

/** Every text file also as `.br` and `.gz`, packed once here instead of for every reader. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    closeBundle() {
      for (const entry of readdirSync(here("dist"), { recursive: true, encoding: "utf8" })) {
        const path = here(`dist/${entry}`);
        // Only names with a digest never change their content.
        const before = entry.startsWith("assets") && existsSync(`${path}.br`);
        if (before || !/\.(js|css|html|svg|json)$/.test(entry)) continue;
        const bytes = readFileSync(path);
        if (bytes.length < PACK_FROM_BYTES) continue;
        writeFileSync(`${path}.br`, brotliCompressSync(bytes));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

const backend = process.env["KUAICHU_BACKEND"] ?? "http://127.0.0.1:8080";

export default defineConfig(({ mode }) => ({
  root: here("."),
  base: "/",
  plugins: [vue(), shortPaths(), packed()],
  // Only the composition API is written here: without the other one each page is some 2 KB lighter.
  define: { __VUE_OPTIONS_API__: "false" },
  build: {
    outDir: here("dist"),
    emptyOutDir: mode === FIRST || !(mode in FACES),
    target: ["es2022", "chrome94", "safari15.4"],
    assetsInlineLimit: 0,
    // Every browser that has what the call needs also knows modulepreload.
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: inputs(mode),
      output: { entryFileNames: ({ name }) => (name === WORKER ? "p/sw.js" : "assets/[name]-[hash].js") },
    },
  },
  server: {
    proxy: { "/api": { target: backend, ws: true }, "/media": { target: backend, ws: true }, "/v": backend },
  },
}));
