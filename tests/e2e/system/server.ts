/**
 * The system under test: the built `kuaichu demo` on a temporary data folder, stopped by its own process id.
 *
 * It dies with the test process however that ends (`setpriv --pdeathsig`), and its folder goes with it.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export type Database = "sqlite" | "postgres";

/** What `kuaichu demo` writes to `demo.json` in its data folder. */
export interface Demo {
  base_url: string;
  unit: string;
  officers: { name: string; password: string; totp_secret: string; role: "officer" | "supervisor" }[];
  insurers: { client_id: string; client_secret: string; insurer: string }[];
  /** People who work for insurers. */
  clerks: { name: string; password: string; totp_secret: string; role: "viewer" | "handler" | "admin"; insurer: string }[];
}

export interface System {
  demo: Demo;
  /** Everything the server has printed so far. */
  log: () => string;
  stop: () => Promise<void>;
}

const BINARY = process.env["KUAICHU_BINARY"] ?? resolve(import.meta.dirname, "../../../target/debug/kuaichu");

/** `sandbox`: with invented accidents, a clock that can be moved on, and webhooks to this machine. */
export async function startSystem(database: Database, sandbox: boolean): Promise<System> {
  const data = mkdtempSync(join(tmpdir(), "kuaichu-e2e-"));
  const flags = ["demo", "--sandbox", String(sandbox), "--port", "0", "--data", data];
  if (database === "postgres") flags.push("--database", freshPostgres());
  const server = spawn("setpriv", ["--pdeathsig", "TERM", "--", BINARY, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const demo = await ready(server, join(data, "demo.json"), lines);
  return {
    demo,
    log: () => lines.join("\n"),
    stop: async () => {
      await ended(server);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Resolves when the server has told what to open: the file is there and a line has been printed after it. */
function ready(server: ChildProcess, file: string, lines: string[]): Promise<Demo> {
  return new Promise((resolve, reject) => {
    const look = (line: string) => {
      lines.push(line);
      if (existsSync(file)) resolve(JSON.parse(readFileSync(file, "utf8")) as Demo);
    };
    for (const stream of [server.stdout, server.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", look);
    }
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`kuaichu demo ended (${code}):\n${lines.join("\n")}`)));
  });
}

function ended(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) return resolve();
    server.removeAllListeners("exit");
    server.once("exit", () => resolve());
    server.kill("SIGTERM");
  });
}

/** A database of our own in the cluster that the test run started. */
function freshPostgres(): string {
  const cluster = process.env["KUAICHU_TEST_POSTGRES"];
  if (!cluster) throw new Error("KUAICHU_TEST_POSTGRES is not set: run `cargo xtask test e2e`");
  const name = `e2e_${process.pid}_${Date.now()}`;
  execFileSync("psql", [cluster, "-q", "-c", `CREATE DATABASE ${name}`]);
  const url = new URL(cluster);
  url.pathname = `/${name}`;
  return url.toString();
}
