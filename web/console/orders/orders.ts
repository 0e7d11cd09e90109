/** Payment orders in words, those that need the desk first, and the clock from the report to the money. */
import type { AccidentView } from "../../shared/contract";
import type { Clock, OnBehalf, OrderState, OrderView } from "../../shared/contract-orders";
import { stretch } from "../parts/now";

export const ORDER: Record<OrderState, { word: string; kind: string }> = {
  due: { word: "待付款", kind: "d-badge--warn" },
  paid: { word: "已付款", kind: "d-badge--ok" },
  confirmed: { word: "已到账", kind: "d-badge--ok" },
  rejected: { word: "退回", kind: "d-badge--danger" },
  replaced: { word: "已被新方案取代", kind: "" },
};

export const ON_BEHALF: Record<OnBehalf, string> = { mutual_trust: "互信代付", subrogation: "代位求偿先付" };

/** What the desk must mend comes first, what no longer counts last; otherwise as they were made. */
const RANK: Record<OrderState, number> = { rejected: 0, due: 1, paid: 2, confirmed: 2, replaced: 3 };

export function inOrder(orders: readonly OrderView[]): OrderView[] {
  return [...orders].sort((a, b) => RANK[a.state] - RANK[b.state]);
}

export function rejectedOf(view: Pick<AccidentView, "orders">): OrderView[] {
  return view.orders.filter((order) => order.state === "rejected");
}

export interface Progress {
  readonly done: number;
  readonly of: number;
  readonly paid_fen: number;
  readonly all_fen: number;
}

/** Of what is to be paid out; money asked back is no part of it. */
export function progress(orders: readonly OrderView[]): Progress {
  const counting = orders.filter((order) => order.state !== "replaced" && order.direction === "pay");
  const done = counting.filter((order) => order.state === "paid" || order.state === "confirmed");
  const sum = (of: readonly OrderView[]): number => of.reduce((all, order) => all + order.amount_fen, 0);
  return { done: done.length, of: counting.length, paid_fen: sum(done), all_fen: sum(counting) };
}

export interface Tick {
  readonly name: string;
  readonly at: string | null;
  /** Since the report, in words; empty until it happened. */
  readonly after: string;
}

/** The way of the money: 报案 → 认定书 → 送达 → 理算 → 首笔付款 → 全部付清. */
export function ticks(clock: Clock): Tick[] {
  const reported = Date.parse(clock.reported_at);
  const rows: readonly [string, string | null][] = [
    ["报案", clock.reported_at],
    ["认定书", clock.finding_issued_at],
    ["送达", clock.served_at],
    ["理算", clock.settled_at],
    ["首笔付款", clock.first_paid_at],
    ["全部付清", clock.all_paid_at],
  ];
  return rows.map(([name, at]) => ({ name, at, after: at === null || name === "报案" ? "" : stretch(Date.parse(at) - reported) }));
}

/** "报案到全部付清 25 分", or how long it has been going on. */
export function sinceReport(clock: Clock, nowMs: number): string {
  const reported = Date.parse(clock.reported_at);
  if (clock.all_paid_at !== null) return `报案到全部付清 ${stretch(Date.parse(clock.all_paid_at) - reported)}`;
  if (clock.first_paid_at !== null) return `报案到首笔付款 ${stretch(Date.parse(clock.first_paid_at) - reported)}`;
  return `报案至今 ${stretch(nowMs - reported)}`;
}
