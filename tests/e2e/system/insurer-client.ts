/** An insurer's own system: client credentials in, settlement records and PDFs out. No browser in it. */
import type { Demo } from "./server";

export interface Payment {
  head: string;
  cover: string;
  holder: string;
  insurer: { code: string; name: string } | null;
  payee: string;
  amount_fen: number;
  own: boolean;
}

export interface SettlementRecord {
  id: string;
  change: number;
  finding_number: string;
  parties: {
    label: string;
    own_insured: boolean;
    name: string;
    id_number: string;
    phone: string;
    plate: string | null;
    liability: string;
    insurer: string | null;
    policy: string | null;
    signature: "signed" | "refused";
  }[];
  method: "self_pay" | "standard";
  payments: Payment[];
  paid_fen: number;
  document: { sha256: string; bytes: number; url: string };
}

export class InsurerClient {
  private constructor(
    private readonly base: string,
    private readonly token: string,
  ) {}

  static async as(insurer: string, demo: Demo): Promise<InsurerClient> {
    const client = demo.insurers.find((known) => known.insurer === insurer);
    if (!client) throw new Error(`the demo has no client for ${insurer}`);
    const answer = await fetch(new URL("/oauth/token", demo.base_url), {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "grant_type=client_credentials",
    });
    if (!answer.ok) throw new Error(`/oauth/token answered ${answer.status}: ${await answer.text()}`);
    const { access_token } = (await answer.json()) as { access_token: string };
    return new InsurerClient(demo.base_url, access_token);
  }

  get(path: string): Promise<Response> {
    return fetch(new URL(path, this.base), { headers: { authorization: `Bearer ${this.token}` } });
  }

  /** Every record this insurer may see, page by page until there is no more. */
  async settlements(): Promise<SettlementRecord[]> {
    const all: SettlementRecord[] = [];
    let cursor = "";
    for (;;) {
      const since = cursor ? `&since=${encodeURIComponent(cursor)}` : "";
      const answer = await this.get(`/api/v1/settlements?limit=50${since}`);
      if (!answer.ok) throw new Error(`/settlements answered ${answer.status}: ${await answer.text()}`);
      const page = (await answer.json()) as { items: SettlementRecord[]; next: string; more: boolean };
      all.push(...page.items);
      if (!page.more) return all;
      cursor = page.next;
    }
  }

  async document(id: string): Promise<Buffer> {
    const answer = await this.get(`/api/v1/settlements/${id}/document`);
    if (!answer.ok) throw new Error(`the document of ${id} answered ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  }
}
