/**
 * The insurer's side of the API: a token for client id and secret, reads and deeds with it.
 *
 * Id, secret and token live in this closure only: never in storage, never in the address bar.
 * A token that ran out is replaced once, silently. A deed keeps its `Idempotency-Key` until it was answered, so that
 * pressing again after a cut never does it twice.
 */
import { API_BASE, ApiProblem, problemOf } from "../shared/api";
import type { SettlementPage, SettlementRecord } from "../shared/contract";
import { newId } from "../shared/id";

interface Token {
  readonly access_token: string;
  readonly expires_in: number;
}

export interface Service {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  /** A file: a document, a photo, a table. `path` may be a whole address of ours, as the API gives it. */
  blob(path: string): Promise<Blob>;
  page(since: string | null, limit: number): Promise<SettlementPage>;
  document(record: SettlementRecord): Promise<Blob>;
}

/** Tokens are renewed this much before they end, so that none dies on the way. */
const MARGIN_MS = 30_000;

export async function signIn(
  clientId: string,
  secret: string,
  net: typeof fetch,
  now: () => number,
  newKey: () => string = newId,
): Promise<Service> {
  let token: Token | null = null;
  let endsAt = 0;
  const keys = new Map<string, string>();

  async function fresh(): Promise<string> {
    if (token && now() < endsAt) return token.access_token;
    const body = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: secret });
    const response = await reach(net, "/oauth/token", { method: "POST", body });
    if (!response.ok) throw await refusal(response);
    token = (await response.json()) as Token;
    endsAt = now() + token.expires_in * 1000 - MARGIN_MS;
    return token.access_token;
  }

  async function send(path: string, init: RequestInit = {}, again = true): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string> | undefined), Authorization: `Bearer ${await fresh()}` };
    const url = path.startsWith(API_BASE) ? path : API_BASE + path;
    const response = await reach(net, url, { cache: "no-store", ...init, headers });
    if (response.status === 401 && again) {
      token = null;
      return send(path, init, false);
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  async function post<T>(path: string, body: unknown): Promise<T> {
    const text = JSON.stringify(body);
    const intent = `${path} ${text}`;
    const key = keys.get(intent) ?? newKey();
    keys.set(intent, key);
    const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
    try {
      const response = await send(path, { method: "POST", headers, body: text });
      keys.delete(intent);
      const said = await response.text();
      return (said === "" ? undefined : JSON.parse(said)) as T;
    } catch (error) {
      // Answered with a no: the next press is a new intent. Not answered: it is still the same one.
      if (error instanceof ApiProblem && !error.offline && error.status < 500) keys.delete(intent);
      throw error;
    }
  }

  await fresh();
  return {
    get: async <T>(path: string) => (await send(path)).json() as Promise<T>,
    post,
    blob: async (path) => (await send(path)).blob(),
    page: async (cursor, limit) => (await send(`/settlements?${since(cursor, limit)}`)).json() as Promise<SettlementPage>,
    document: async (record) => (await send(`/settlements/${record.id}/document`)).blob(),
  };
}

async function reach(net: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await net(url, { credentials: "omit", ...init });
  } catch {
    throw new ApiProblem(0, "offline", "网络不通，请稍后再试。");
  }
}

/** OAuth answers with its own error shape; wrong credentials deserve a plain sentence. */
async function refusal(response: Response): Promise<ApiProblem> {
  if (response.status === 400 || response.status === 401) return new ApiProblem(response.status, "invalid_client", "客户端编号或密钥不正确。");
  return problemOf(response);
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
