/**
 * The insurer's side of the API: a token for client id and secret, and reads with it.
 *
 * Id, secret and token live in this closure only: never in storage, never in the address bar.
 * A token that ran out is replaced once, silently.
 */
import { API_BASE, ApiProblem, problemOf } from "../shared/api";
import type { SettlementPage, SettlementRecord } from "../shared/contract";

interface Token {
  readonly access_token: string;
  readonly expires_in: number;
}

export interface Service {
  page(since: string | null, limit: number): Promise<SettlementPage>;
  record(id: string): Promise<SettlementRecord>;
  document(record: SettlementRecord): Promise<Blob>;
}

/** Tokens are renewed this much before they end, so that none dies on the way. */
const MARGIN_MS = 30_000;

export async function signIn(clientId: string, secret: string, net: typeof fetch, now: () => number): Promise<Service> {
  let token: Token | null = null;
  let endsAt = 0;

  async function fresh(): Promise<string> {
    if (token && now() < endsAt) return token.access_token;
    const body = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: secret });
    const response = await reach(net, "/oauth/token", { method: "POST", body });
    if (!response.ok) throw await refusal(response);
    token = (await response.json()) as Token;
    endsAt = now() + token.expires_in * 1000 - MARGIN_MS;
    return token.access_token;
  }

  async function read(path: string, again = true): Promise<Response> {
    const response = await reach(net, path, { headers: { Authorization: `Bearer ${await fresh()}` }, cache: "no-store" });
    if (response.status === 401 && again) {
      token = null;
      return read(path, false);
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  await fresh();
  return {
    page: async (since, limit) => {
      const query = new URLSearchParams({ limit: String(limit), ...(since === null ? {} : { since }) });
      return (await read(`${API_BASE}/settlements?${query}`)).json() as Promise<SettlementPage>;
    },
    record: async (id) => (await read(`${API_BASE}/settlements/${id}`)).json() as Promise<SettlementRecord>,
    document: async (record) => (await read(`${API_BASE}/settlements/${record.id}/document`)).blob(),
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
