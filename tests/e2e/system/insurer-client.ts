/** An insurer's own system: client credentials in, settlement records and PDFs out. No browser in it. */
import { randomUUID } from "node:crypto";
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

  /** Asks for something to be done; it must work. */
  async post<T>(path: string, body: object): Promise<T> {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json", "idempotency-key": randomUUID() };
    const answer = await fetch(new URL(path, this.base), { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** What this insurer owes in one accident, by the number of its finding. */
  async orders(finding: string): Promise<{ id: string; payee: string; state: string; amount_fen: number }[]> {
    const answer = await this.get("/api/v1/payment-orders?whose=own&limit=200");
    if (!answer.ok) throw new Error(`/payment-orders answered ${answer.status}: ${await answer.text()}`);
    const page = (await answer.json()) as { items: { id: string; finding_number: string; payee: string; state: string; amount_fen: number }[] };
    return page.items.filter((order) => order.finding_number === finding);
  }

  /** Accepts every 定损单 that waits for this insurer's answer. */
  async acceptsAssessments(): Promise<void> {
    const answer = await this.get("/api/v1/assessments?limit=200");
    if (!answer.ok) throw new Error(`/assessments answered ${answer.status}: ${await answer.text()}`);
    const page = (await answer.json()) as { items: { id: string; must_answer_own: boolean; own_answer: string | null }[] };
    const open = page.items.filter((one) => one.must_answer_own && one.own_answer === null);
    for (const { id } of open) await this.post(`/api/v1/assessments/${id}/acceptance`, {});
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
