import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, nextTick, ref } from "vue";
import { ApiProblem } from "../shared/api";
import type { AssessmentRecord } from "../shared/contract-assessment";
import type { BulkResult, ExportView } from "../shared/contract-insurer";
import type { Attempt, Client, Delivery, WebhookEndpoint } from "../shared/contract-insurer-admin";
import { keyState, keyWords, proofWords, wrongKey } from "./admin/clients";
import { attemptWords, conditionOf, deliveriesQuery, eventsWords, mayReplay, nextWords, stopped, wrongUrl } from "./admin/webhooks";
import { sendAll, tallyWords, useSelection } from "./bulk/bulk";
import { isOpen, kept, nextLookMs, progressOf, stateWords, titleOf, toKeep, useExports, type Job } from "./exports/exports";
import type { Service } from "./service";
import { hurryWords, leftOf, urgencyOf } from "./todo/todo";

const NOW = Date.parse("2026-11-24T13:00:00Z");
const inHours = (hours: number): string => new Date(NOW + hours * 3_600_000).toISOString();

describe("the countdown", () => {
  it("has words and a degree, and stops at its end", () => {
    expect([30, 24, 2.5, 2, 0, -1].map((hours) => urgencyOf(inHours(hours), NOW))).toEqual(["calm", "today", "today", "soon", "over", "over"]);
    expect(leftOf(inHours(5.5), NOW)).toBe("还剩 5 小时 30 分钟");
    expect(leftOf(inHours(-0.1), NOW)).toBe("期限已到");
  });
  it("is read out only when something comes into its last day or hours", () => {
    const one = (hours: number): AssessmentRecord => ({ until: inHours(hours) }) as unknown as AssessmentRecord;
    expect(hurryWords([one(1), one(20), one(40)], NOW)).toBe("1 张定损单两小时之内到期，1 张一天之内到期。");
    expect(hurryWords([one(1), one(20), one(40)], NOW + 60_000)).toBe(hurryWords([one(1), one(20), one(40)], NOW));
    expect(hurryWords([one(40)], NOW)).toBe("");
  });
});

describe("many deeds at once", () => {
  const ids = (count: number): { id: string }[] => Array.from({ length: count }, (_, at) => ({ id: String(at) }));
  const all_ok = async (portion: readonly { id: string }[]): Promise<BulkResult> => ({ items: portion.map(({ id }) => ({ id, ok: true, problem: null })) });

  it("say of each what became of it, once", async () => {
    const problem = { code: "window_over", message: "期限已过", errors: [{ field: "id", code: "window_over", message: "期限已过" }] };
    const outcomes = await sendAll(ids(2), async () => ({ items: [{ id: "0", ok: true, problem: null }, { id: "1", ok: false, problem }] }));
    expect(outcomes).toEqual([{ id: "0", state: "done", why: null }, { id: "1", state: "refused", why: "期限已过" }]);
    expect(tallyWords(outcomes, "已认可")).toBe("1 张已认可，1 张没有受理。");
  });
  it("stop where the net broke off, and know which were not sent", async () => {
    let portions = 0;
    const outcomes = await sendAll(ids(450), async (portion) => {
      portions += 1;
      if (portions === 2) throw new Error("cut");
      return all_ok(portion);
    });
    expect(portions).toBe(2);
    expect(outcomes).toHaveLength(450);
    expect(outcomes.map(({ state }) => state).filter((state) => state === "unsent")).toHaveLength(250);
    expect(tallyWords(outcomes, "已认可")).toBe("200 张已认可，250 张没有送到。");
  });
  it("leave out what may not be chosen any more", async () => {
    const choosable = ref(["a", "b", "c"]);
    const selection = useSelection(() => choosable.value);
    selection.toggle("a");
    selection.toggle("c");
    choosable.value = ["b", "c"];
    await nextTick();
    expect(selection.ids.value).toEqual(["c"]);
    selection.toggleAll();
    expect([selection.ids.value, selection.all.value]).toEqual([["b", "c"], true]);
    selection.toggleAll();
    expect(selection.ids.value).toEqual([]);
  });
});

describe("an endpoint", () => {
  const endpoint = (fields: Partial<WebhookEndpoint>): WebhookEndpoint =>
    ({ id: "1", state: "active", disabled: null, failing_since: null, pending: 0, events: [], ...fields }) as unknown as WebhookEndpoint;
  const off = (reason: "gone" | "failing" | "by_hand"): WebhookEndpoint =>
    endpoint({ state: "disabled", disabled: { at: "2026-11-24T00:00:00Z", reason, detail: null } });

  it("fares well, fails, or was stopped, each in its own words and colour", () => {
    expect(conditionOf(endpoint({}))).toMatchObject({ word: "正常", kind: "ok", detail: "" });
    expect(conditionOf(endpoint({ failing_since: "2026-11-24T00:00:00Z", pending: 3 }))).toMatchObject({ kind: "warn", detail: expect.stringContaining("3 条") });
    expect(conditionOf(off("gone"))).toMatchObject({ kind: "danger", detail: expect.stringContaining("410") });
    expect(conditionOf(off("by_hand")).kind).toBe("info");
  });
  it("is shouted about only when somebody else stopped it", () => {
    expect(stopped([endpoint({}), off("gone"), off("failing"), off("by_hand")])).toHaveLength(2);
  });
  it("is told of everything when nothing was chosen", () => {
    expect(eventsWords([])).toBe("全部事件");
    expect(eventsWords(["payment_order.due", "new.kind"])).toBe("付款单待付、new.kind");
  });
  it("needs an address that looks like one", () => {
    expect([wrongUrl(""), wrongUrl("example.com"), wrongUrl(" https://example.com/hook ")].map((one) => one === null)).toEqual([false, false, true]);
  });
});

describe("a delivery", () => {
  const delivery = (fields: Partial<Delivery>): Delivery => ({ state: "pending", next_attempt_at: null, ...fields }) as unknown as Delivery;
  const attempt = (fields: Partial<Attempt>): Attempt => ({ at: "", status: null, error: null, took_ms: 84, ...fields });

  it("tells when it is tried again, and nothing once it is done with", () => {
    expect(nextWords(delivery({ next_attempt_at: inHours(0.5) }), NOW)).toBe("30 分钟后再试");
    expect(nextWords(delivery({ next_attempt_at: inHours(-1) }), NOW)).toBe("马上再试");
    expect(nextWords(delivery({ state: "dead", next_attempt_at: inHours(1) }), NOW)).toBe("");
    expect(["pending", "delivered", "dead", "skipped"].map((state) => mayReplay(delivery({ state: state as Delivery["state"] })))).toEqual([false, true, true, true]);
  });
  it("names the answer, or that there was none", () => {
    expect(attemptWords(attempt({ status: 204 }))).toBe("HTTP 204，84 毫秒");
    expect(attemptWords(attempt({ status: 500, error: "status" }))).toBe("HTTP 500，没有接受，84 毫秒");
    expect(attemptWords(attempt({ error: "timeout" }))).toBe("超时没有答复，84 毫秒");
    expect(attemptWords(attempt({ error: "something_new" }))).toContain("something_new");
  });
  it("is asked for by state and page", () => {
    expect(deliveriesQuery("all", null)).toBe("limit=30");
    expect(deliveriesQuery("dead", "c1")).toBe("limit=30&state=dead&before=c1");
  });
});

describe("a program's keys", () => {
  it("are ahead, valid or over", () => {
    const key = (not_before: string | null, not_after: string | null) => ({ kid: "k", alg: "ES256", not_before, not_after });
    expect([key(null, null), key(inHours(1), null), key(null, inHours(-1)), key(inHours(-1), inHours(1))].map((one) => keyState(one, NOW))).toEqual(["valid", "ahead", "over", "valid"]);
    expect(keyWords(key(null, null))).toBe("一直有效");
  });
  it("never include a private one", () => {
    for (const text of ["-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----", '{"kty":"EC","crv":"P-256","x":"1","y":"2","d":"3"}']) {
      expect(wrongKey(text)).toContain("私钥");
    }
    expect(wrongKey('{"kty":"EC","crv":"P-256","x":"1","y":"2","kid":"a"}')).toBeNull();
    expect(wrongKey("-----BEGIN PUBLIC KEY-----\nMFk\n-----END PUBLIC KEY-----")).toBeNull();
    expect(wrongKey("hello")).toContain("PEM");
  });
  it("say how the program proves itself, and when it cannot", () => {
    const client = (fields: Partial<Client>): Client => ({ keys: [], jwks_url: null, has_secret: false, ...fields }) as unknown as Client;
    expect(proofWords(client({}))).toContain("登录不了");
    expect(proofWords(client({ jwks_url: "https://a", has_secret: true }))).toBe("公布的公钥地址、密钥口令");
  });
});

describe("an export", () => {
  const view = (fields: Partial<ExportView>): ExportView => ({ id: "1", state: "running", done: 0, total: 0, url: null, expires_at: "", ...fields });
  const job = (fields: Partial<Job>): Job => ({ id: "1", request: { kind: "payment_orders", format: "xlsx", state: "due" }, asked_at: "", view: null, trouble: null, ...fields });

  it("shows how far it is, as soon as anybody knows", () => {
    expect(progressOf(view({}))).toBeNull();
    expect(progressOf(view({ done: 50, total: 200 }))).toBe(0.25);
    expect(progressOf(view({ state: "done", total: 0 }))).toBe(1);
    expect(stateWords(job({ view: view({ done: 50, total: 200 }) }))).toBe("正在生成：50 / 200 条。");
    expect([view({ state: "queued" }), view({}), view({ state: "done" }), view({ state: "failed" })].map((one) => isOpen(job({ view: one })))).toEqual([true, true, false, false]);
  });
  it("is asked about often at first, then seldom", () => {
    const waits = Array.from({ length: 8 }, (_, at) => nextLookMs(at));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBe(2_500);
  });
  it("is called by what was asked for", () => {
    expect(titleOf({ kind: "payment_orders", format: "xlsx", from: "2026-11-01", to: null, state: "due" })).toBe("付款单，待付，2026-11-01 至 今天，XLSX");
    expect(titleOf({ kind: "settlements", format: "csv" })).toBe("理算记录，全部日期，CSV");
  });
  it("is remembered on this device without its content, and nonsense there is nothing", () => {
    const remembered = kept(toKeep([job({ view: view({ state: "done", url: "/api/v1/exports/1/file" }) })]));
    expect(remembered).toEqual([job({})]);
    for (const text of [null, "", "{", "{}", "[1]", '[{"id":1}]', '[{"id":"1","request":{"kind":"other"}}]']) expect(kept(text)).toEqual([]);
  });
});

describe("the list of exports", () => {
  const asked = { kind: "settlements", format: "xlsx" } as const;
  const view = (fields: Partial<ExportView>): ExportView => ({ id: "1", state: "queued", done: 0, total: 0, url: null, expires_at: "", ...fields });
  const done = view({ state: "done", done: 3, total: 3, url: "/api/v1/exports/1/file" });
  const memory = (): Storage => {
    const held = new Map<string, string>();
    return { getItem: (key: string) => held.get(key) ?? null, setItem: (key: string, text: string) => void held.set(key, text) } as unknown as Storage;
  };

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A service that answers one look after the other, and what was handed over. */
  function desk(looks: readonly (ExportView | ApiProblem)[], storage: Storage) {
    let at = 0;
    const get = async (): Promise<ExportView> => {
      const next = looks[Math.min(at, looks.length - 1)];
      at += 1;
      if (next === undefined || next instanceof ApiProblem) throw next;
      return next;
    };
    const handed: string[] = [];
    const scope = effectScope();
    const service = { get, post: async () => view({}) } as unknown as Service;
    const exports = scope.run(() => useExports(service, "clerk", storage, ({ id }) => handed.push(id)));
    if (exports === undefined) throw new Error("the scope has ended");
    return { exports, handed, leave: () => scope.stop() };
  }

  it("hands over a table that is there at once, and shows how far a longer one is", async () => {
    const quick = desk([view({ state: "running", done: 1, total: 3 }), done], memory());
    await quick.exports.start(asked);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([quick.handed, quick.exports.jobs.value[0]?.view?.state]).toEqual([["1"], "done"]);

    const slow = desk([...Array.from({ length: 20 }, () => view({ state: "running", done: 1, total: 3 })), done], memory());
    await slow.exports.start(asked);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(progressOf(slow.exports.jobs.value[0]?.view ?? null)).toBeCloseTo(1 / 3);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([slow.handed, slow.exports.jobs.value[0]?.view?.state]).toEqual([[], "done"]);
  });

  it("goes on with one that was left, and drops one that the service has forgotten", async () => {
    const storage = memory();
    const before = desk([view({ state: "running" })], storage);
    await before.exports.start(asked);
    before.leave();
    const back = desk([done], storage);
    await vi.advanceTimersByTimeAsync(100);
    expect([back.handed, back.exports.jobs.value[0]?.view?.state]).toEqual([[], "done"]);
    back.leave();
    const later = desk([new ApiProblem(404, "not_found", "没有")], storage);
    await vi.advanceTimersByTimeAsync(100);
    expect(later.exports.jobs.value).toEqual([]);
  });
});
