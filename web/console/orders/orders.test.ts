import { describe, expect, it } from "vitest";
import type { Clock } from "../../shared/contract-orders";
import { anOrder } from "../desk/testing";
import { countdown, stretch } from "../parts/now";
import { inOrder, progress, sinceReport, ticks } from "./orders";

const clock: Clock = {
  reported_at: "2026-03-01T00:00:00Z", finding_issued_at: "2026-03-01T00:12:00Z", served_at: "2026-03-01T00:15:00Z",
  settled_at: "2026-03-01T00:15:01Z", first_paid_at: null, all_paid_at: null,
};

describe("payment orders", () => {
  it("show first what the desk must mend, last what no longer counts", () => {
    const orders = [anOrder("a", { state: "replaced" }), anOrder("b", { state: "paid" }), anOrder("c"), anOrder("d", { state: "rejected" })];
    expect(inOrder(orders).map((o) => o.id)).toEqual(["d", "c", "b", "a"]);
  });
  it("count what is paid out; replaced ones and money asked back are no part of it", () => {
    const orders = [
      anOrder("a", { state: "paid", amount_fen: 500 }), anOrder("b", { state: "confirmed", amount_fen: 300 }), anOrder("c", { amount_fen: 200 }),
      anOrder("d", { state: "replaced", amount_fen: 9_000 }), anOrder("e", { direction: "recover", state: "paid", amount_fen: 70 }),
    ];
    expect(progress(orders)).toEqual({ done: 2, of: 3, paid_fen: 800, all_fen: 1_000 });
  });
});

describe("the clock", () => {
  it("runs from the report to the last payment", () => {
    const now = Date.parse("2026-03-01T00:20:00Z");
    expect(sinceReport(clock, now)).toBe("报案至今 20 分");
    expect(sinceReport({ ...clock, first_paid_at: "2026-03-01T00:22:00Z" }, now)).toBe("报案到首笔付款 22 分");
    expect(sinceReport({ ...clock, all_paid_at: "2026-03-01T01:05:00Z" }, now)).toBe("报案到全部付清 1 小时 5 分");
  });
  it("says for each step how long after the report, and nothing for what has not happened", () => {
    expect(ticks(clock).map((t) => t.after)).toEqual(["", "12 分", "15 分", "15 分", "", ""]);
  });
  it("counts down in the words that matter at that distance", () => {
    const at = (iso: string): string => countdown("2026-03-03T08:00:00Z", Date.parse(iso));
    expect(["2026-03-01T05:00:00Z", "2026-03-02T09:00:00Z", "2026-03-03T07:58:30Z", "2026-03-03T08:00:00Z"].map(at)).toEqual([
      "剩 2 天 3 小时", "剩 23 小时 0 分", "剩 1 分 30 秒", "已到期",
    ]);
    expect([countdown(null, 0), countdown("x", 0)]).toEqual(["", ""]);
  });
  it("never says no time, or less", () => {
    expect([-5_000, 59_999, 60_000].map(stretch)).toEqual(["不到 1 分", "不到 1 分", "1 分"]);
  });
});
