import { describe, expect, it } from "vitest";
import { ApiProblem } from "../shared/api";
import type { SettlementRecord } from "../shared/contract";
import { merged, ownSide, queryOf, receivesFen, wrongDays } from "./records/records";
import { hashOf, placeOf, tabsFor } from "./route";
import { createService, urlOf, type Service } from "./service";
import { createSession } from "./session/session";

const record = (id: string, change: number, more: Partial<SettlementRecord> = {}): SettlementRecord =>
  ({
    id, change, finding_number: `33068120260000${id}`, place: "诸暨市艮塔路", settled_at: `2026-03-0${id}T00:00:00Z`, parties: [], payments: [], ...more,
  }) as unknown as SettlementRecord;

describe("a search", () => {
  it("leaves out what was not asked", () => {
    expect(queryOf({ q: " 浙D12345 ", from: "", to: "2026-11-24" })).toBe(`q=${encodeURIComponent("浙D12345")}&to=2026-11-24&limit=50`);
    expect(queryOf({ q: " ", from: "", to: "" }, "c2")).toBe("before=c2&limit=50");
  });
  it("says so when the days are the wrong way round", () => {
    expect(wrongDays({ q: "", from: "2026-11-25", to: "2026-11-24" })).toContain("对调");
    expect(wrongDays({ q: "", from: "2026-11-24", to: "2026-11-24" })).toBeNull();
    expect(wrongDays({ q: "", from: "2026-11-24", to: "" })).toBeNull();
  });
  it("shows the newest first, and never goes back to an older change", () => {
    const first = merged([], { items: [record("1", 1), record("2", 2)] });
    const second = merged(first, { items: [record("1", 3, { place: "改" })] });
    expect(second.map((one) => [one.id, one.place])).toEqual([["2", "诸暨市艮塔路"], ["1", "改"]]);
    expect(merged(second, { items: [record("1", 2)] }).find(({ id }) => id === "1")?.change).toBe(3);
  });
});

describe("a record", () => {
  it("tells what this company pays and what its policy holders receive", () => {
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

describe("where one is", () => {
  it("survives the address bar, and nonsense there is the start page", () => {
    for (const place of [{ page: "records", id: "0198f0aa-0000-7000-8000-000000000001" }, { page: "webhooks", id: "whe_1" }, { page: "todo", id: null }, { page: "records", id: null, q: "浙D12A91" }] as const) {
      expect(placeOf(hashOf(place))).toEqual(place);
    }
    for (const hash of ["", "#", "#/", "#/nothing/1", "#/records/<script>"]) expect(placeOf(hash)).toEqual({ page: "todo", id: null });
  });
  it("offers a clerk only pages with something to do there", () => {
    expect(tabsFor(["settlements:read", "evidence:read"]).map(({ code }) => code)).toEqual(["todo", "records", "assessments", "statements", "exports"]);
    expect(tabsFor(["keys:manage"]).map(({ code }) => code)).toEqual(["todo", "keys"]);
  });
});

const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });

describe("the service", () => {
  it("tells once that a session is over, but not when a password was wrong", async () => {
    let lost = 0;
    const service = createService({ fetch: async () => json(401, { code: "session_over" }), newKey: () => "k", lost: () => (lost += 1) });
    await expect(service.get("/settlements/search")).rejects.toBeInstanceOf(ApiProblem);
    expect(lost).toBe(1);
    await expect(service.post("/clerk/session", { name: "liu", password: "no" })).rejects.toBeInstanceOf(ApiProblem);
    expect(lost).toBe(1);
  });
  it("takes a path of its own as well as an address that the API gave", () => {
    expect(urlOf("/exports/1/file")).toBe("/api/v1/exports/1/file");
    expect(urlOf("/api/v1/exports/1/file")).toBe("/api/v1/exports/1/file");
  });
});

describe("a deed", () => {
  async function tried(answers: readonly (() => Response)[]): Promise<string[]> {
    const keys: string[] = [];
    let turn = 0;
    let made = 0;
    const net = (async (_url: string, init: RequestInit) => {
      keys.push((init.headers as Record<string, string>)["Idempotency-Key"] ?? "");
      return answers[turn++]?.() ?? json(500, {});
    }) as typeof fetch;
    const service = createService({ fetch: net, newKey: () => `key-${++made}`, lost: () => undefined });
    for (const _ of answers) await service.post("/payment-orders/1/payment", { reference: "r" }).catch(() => null);
    return keys;
  }

  it("keeps its key when nobody answered, so that pressing again does not pay twice", async () => {
    const cut = () => {
      throw new TypeError("cut");
    };
    expect(await tried([cut, () => json(200, {})])).toEqual(["key-1", "key-1"]);
    expect(await tried([() => json(503, {}), () => json(200, {})])).toEqual(["key-1", "key-1"]);
  });
  it("is a new one after a yes or a no", async () => {
    expect(await tried([() => json(409, { code: "already_paid" }), () => json(200, {})])).toEqual(["key-1", "key-2"]);
    expect(await tried([() => json(200, {}), () => json(200, {})])).toEqual(["key-1", "key-2"]);
  });
});

describe("a session", () => {
  const clerk = { id: "1", name: "刘", login: "liu", role: "admin", insurer: { code: "PICC", name: "人保财险" }, scopes: [], via: "password" };
  const none = { patch: async () => ({}), blob: async () => new Blob(), delete: async () => undefined };
  const of = (fields: Partial<Service>): { keeper: ReturnType<typeof createSession>; lose: () => void } => {
    let lose = (): void => undefined;
    const keeper = createSession((lost) => {
      lose = lost;
      return { ...none, ...fields } as unknown as Service;
    });
    return { keeper, lose: () => lose() };
  };
  const refusal = (status: number) => async (): Promise<never> => {
    throw new ApiProblem(status, "no", "不行");
  };

  it("knows where a clerk has stopped on the way in", async () => {
    for (const [status, at] of [[401, "name"], [403, "code"], [0, "unreachable"]] as const) {
      const { keeper } = of({ get: refusal(status) });
      await keeper.ask();
      expect(keeper.session.value.at).toBe(at);
    }
  });
  it("goes from password to code to the desk, and says when it was lost there", async () => {
    const { keeper, lose } = of({ post: (async () => clerk) as Service["post"] });
    await keeper.password("liu", "secret");
    expect(keeper.session.value.at).toBe("code");
    await keeper.code("123456");
    expect(keeper.session.value).toMatchObject({ at: "in", clerk: { login: "liu" } });
    lose();
    expect(keeper.session.value).toEqual({ at: "name", lost: true });
  });
});
