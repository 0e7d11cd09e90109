/**
 * The insurers' API with a clerk's session: the very routes that an insurer's own programs use.
 *
 * The session is a cookie that no script can read; nothing of it is kept here. A deed keeps its `Idempotency-Key` until
 * it was answered, so that pressing again after a cut never does it twice.
 */
import { API_BASE, ApiProblem, problemOf } from "../shared/api";
import { newId } from "../shared/id";

export interface Service {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  delete(path: string): Promise<void>;
  /** A file, such as a table. `path` may be a whole address of ours, as the API gives it. */
  blob(path: string): Promise<Blob>;
}

export interface Outside {
  fetch: typeof fetch;
  newKey: () => string;
  /** The service does not know this session any more. */
  lost: () => void;
}

const OFFLINE = "网络不通，没有发送成功。请检查网络后再试一次。";

export function createService({ fetch: net, newKey, lost }: Outside): Service {
  const keys = new Map<string, string>();

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await reach(net, urlOf(path), { credentials: "same-origin", cache: "no-store", ...init });
    // Signing in answers 401 too: only a session that was there can be lost.
    if (response.status === 401 && !path.startsWith("/clerk/session")) lost();
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  async function deed<T>(method: "POST" | "PATCH", path: string, body: unknown): Promise<T> {
    const text = JSON.stringify(body);
    const intent = `${method} ${path} ${text}`;
    const key = keys.get(intent) ?? newKey();
    keys.set(intent, key);
    const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
    try {
      const response = await send(path, { method, headers, body: text });
      keys.delete(intent);
      return await answer<T>(response);
    } catch (error) {
      // Answered with a no: the next press is a new intent. Not answered: it is still the same one.
      if (error instanceof ApiProblem && !error.offline && error.status < 500) keys.delete(intent);
      throw error;
    }
  }

  return {
    get: async <T>(path: string) => (await send(path)).json() as Promise<T>,
    post: (path, body) => deed("POST", path, body),
    patch: (path, body) => deed("PATCH", path, body),
    delete: async (path) => void (await send(path, { method: "DELETE" })),
    blob: async (path) => (await send(path)).blob(),
  };
}

/** For the page: the browser's own network and chance. */
export function browserService(lost: () => void): Service {
  return createService({ fetch: (input, init) => globalThis.fetch(input, init), newKey: newId, lost });
}

/** A path of the API, or an address the API itself gave, as the browser asks for it: also for `src` and `href`. */
export function urlOf(path: string): string {
  return path.startsWith(API_BASE) ? path : API_BASE + path;
}

async function answer<T>(response: Response): Promise<T> {
  const said = await response.text();
  return (said === "" ? undefined : JSON.parse(said)) as T;
}

async function reach(net: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await net(url, init);
  } catch {
    throw new ApiProblem(0, "offline", OFFLINE);
  }
}

/** The query of the next look: everything that changed after the cursor. */
export function since(cursor: string | null, limit = 100): URLSearchParams {
  return new URLSearchParams({ limit: String(limit), ...(cursor === null ? {} : { since: cursor }) });
}

/** Hands a file to the browser under a name. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
