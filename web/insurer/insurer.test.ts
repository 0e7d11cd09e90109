import { describe, expect, it } from "vitest";
import type { SettlementRecord } from "../shared/contract";
import { NOTHING, ownSide, receivesFen, search, take } from "./records";
import { signIn } from "./service";

const record = (id: string, change: number, more: Partial<SettlementRecord> = {}): SettlementRecord =>
  ({
    id, change, finding_number: `33068120260000${id}`, place: "诸暨市艮塔路", settled_at: `2026-03-0${id}T00:00:00Z`, parties: [], payments: [], ...more,
  }) as unknown as SettlementRecord;

describe("pulled records", () => {
  it("are shown newest first, and a change replaces what it changes", () => {
    const first = take(NOTHING, { items: [record("1", 1), record("2", 2)], next: "c2", more: false });
    const second = take(first, { items: [record("1", 3, { place: "改" })], next: "c3", more: false });
    expect(second.records.map((r) => [r.id, r.place])).toEqual([["2", "诸暨市艮塔路"], ["1", "改"]]);
    expect(second.cursor).toBe("c3");
  });
  it("never go back to an older change", () => {
    const first = take(NOTHING, { items: [record("1", 3)], next: "c3", more: false });
    expect(take(first, { items: [record("1", 2)], next: "c3", more: false }).records[0]?.change).toBe(3);
  });
  it("are found by plate however it is typed, and by number", () => {
    const with_plate = record("1", 1, { parties: [{ plate: "浙D12345", policy: null }] as SettlementRecord["parties"] });
    expect(search([with_plate, record("2", 2)], "浙d·12345")).toEqual([with_plate]);
    expect(search([with_plate, record("2", 2)], "00002")).toHaveLength(1);
  });
  it("tell what this company pays and what its policy holders receive", () => {
    const r = record("1", 1, {
      parties: [{ label: "甲", own_insured: true, plate: "浙D1" }, { label: "乙", own_insured: false, plate: null }] as SettlementRecord["parties"],
      payments: [
        { own: true, payee: "乙", amount_fen: 200_000, cover: "ctp" },
        { own: false, payee: "甲", amount_fen: 10_000, cover: "ctp" },
        { own: false, payee: "甲", amount_fen: 5, cover: "personal" },
      ] as SettlementRecord["payments"],
    });
    expect(ownSide(r)).toEqual({ parties: ["甲"], plates: ["浙D1"], pays_fen: 200_000 });
    expect(receivesFen(r)).toBe(10_000);
  });
});

describe("the service", () => {
  const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });

  it("renews a token that ran out, and asks again once", async () => {
    const asked: string[] = [];
    let tokens = 0;
    const net = (async (url: string, init: RequestInit) => {
      asked.push(url);
      if (url === "/oauth/token") return json(200, { access_token: `t${++tokens}`, expires_in: 600 });
      const bearer = (init.headers as Record<string, string>)["Authorization"];
      return bearer === "Bearer t2" ? json(200, { items: [], next: "c", more: false }) : json(401, { code: "token_invalid" });
    }) as typeof fetch;
    const service = await signIn("id", "secret", net, () => 0);
    expect((await service.page(null, 50)).next).toBe("c");
    expect(asked.filter((u) => u === "/oauth/token")).toHaveLength(2);
  });
  it("says plainly when id or secret are wrong", async () => {
    const net = (async () => json(401, { error: "invalid_client" })) as unknown as typeof fetch;
    await expect(signIn("id", "no", net, () => 0)).rejects.toThrow("客户端编号或密钥不正确");
  });
});
