/**
 * Asking the case service: JSON in, JSON out, every refusal an {@link ApiProblem}.
 *
 * An *intent* is a method, a path and a body. It keeps one `Idempotency-Key` from the first try until the service has
 * answered, also when the user presses the button again after the network came back: so a retry never does a thing twice.
 * Time and network are parameters; nothing here knows a screen.
 */
import type { FieldNote, ProblemBody } from "./contract";
import { newId } from "./id";

/** The service said no, or (`code` `offline`) could not be reached at all. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly errors: readonly FieldNote[] = [],
    readonly currentVersion: number | null = null,
    readonly retryAfterS: number | null = null,
  ) {
    super(message);
    this.name = "ApiProblem";
  }

  /** The message for one form field, or null. */
  field(name: string): string | null {
    return this.errors.find((note) => note.field === name)?.message ?? null;
  }

  /** No answer reached us: the same intent may simply be sent again. */
  get offline(): boolean {
    return this.code === "offline";
  }
}

export interface Outside {
  fetch: typeof fetch;
  /** Resolves after so many milliseconds. */
  wait: (ms: number) => Promise<void>;
  newKey: () => string;
}

export interface Api {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  delete(path: string): Promise<void>;
}

export const API_BASE = "/api/v1";

/** Waits between tries, 3.5 s in all: longer cuts are the caller's to show. */
const RETRY_WAITS_MS = [500, 1000, 2000] as const;

/** Answers of a gateway between us and the service: the request may or may not have arrived. */
const UNCERTAIN = new Set([502, 503, 504]);

const OFFLINE_TEXT = "网络不通，没有发送成功。请检查网络后再试一次。";

const browser: Outside = {
  fetch: (input, init) => globalThis.fetch(input, init),
  wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  newKey: newId,
};

/** `as`: whose session is meant, in a browser that has a driver's and an officer's. */
export function createApi(as: "driver" | "officer", base: string = API_BASE, outside: Outside = browser): Api {
  const keys = new Map<string, string>();

  async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const text = body === undefined ? null : JSON.stringify(body);
    const intent = `${method} ${path} ${text ?? ""}`;
    const headers: Record<string, string> = { Accept: "application/json", "Kuaichu-As": as };
    if (text !== null) headers["Content-Type"] = "application/json";
    if (method === "POST") {
      const key = keys.get(intent) ?? outside.newKey();
      keys.set(intent, key);
      headers["Idempotency-Key"] = key;
    }
    const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
    if (text !== null) init.body = text;
    const response = await reach(outside, base + path, init);
    keys.delete(intent);
    return answer<T>(response);
  }

  return {
    get: (path) => send("GET", path),
    post: (path, body = {}) => send("POST", path, body),
    put: (path, body) => send("PUT", path, body),
    delete: (path) => send("DELETE", path),
  };
}

async function reach(outside: Outside, url: string, init: RequestInit): Promise<Response> {
  for (const pause of [...RETRY_WAITS_MS, null]) {
    try {
      const response = await outside.fetch(url, init);
      if (!UNCERTAIN.has(response.status)) return response;
    } catch {
      // A network failure carries no detail worth showing; the next try or the text below tells.
    }
    if (pause !== null) await outside.wait(pause);
  }
  throw new ApiProblem(0, "offline", OFFLINE_TEXT);
}

async function answer<T>(response: Response): Promise<T> {
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** Reads a refusal; a body that is not problem+json (a proxy's page) still becomes a problem. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const after = Number(response.headers.get("Retry-After"));
  const retryAfterS = Number.isFinite(after) && after > 0 ? after : null;
  let body: Partial<ProblemBody> = {};
  try {
    body = (await response.json()) as Partial<ProblemBody>;
  } catch {
    // Not JSON: the status alone must do.
  }
  return new ApiProblem(
    response.status,
    body.code ?? `http_${response.status}`,
    body.detail ?? body.title ?? "服务暂时不可用，请稍后再试。",
    body.errors ?? [],
    body.current_version ?? null,
    retryAfterS,
  );
}

/** Any thrown thing as a sentence for the screen. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return "出了点问题，请再试一次。";
  const wait = error.status === 429 ? error.retryAfterS : null;
  // The service says that it was too often; when to try again stands in its header.
  return wait === null || /\d/.test(error.message) ? error.message : `${error.message.replace(/。$/, "")}（${wait} 秒后可以再试）。`;
}
