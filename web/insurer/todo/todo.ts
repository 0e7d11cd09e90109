/** What a clerk does first: answers that run out, money that is due, orders that came to nothing. */
import type { AssessmentRecord } from "../../shared/contract-assessment";
import type { PaymentOrder } from "../../shared/contract-orders";
import { minutesBetween, spanWords } from "../../shared/span";
import { matching as assessmentsBy } from "../assessments/assessments";
import { matching as ordersBy } from "../orders/orders";

export type Urgency = "over" | "soon" | "today" | "calm";

const SOON_MS = 2 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** Colour never speaks alone: each has its word. */
export const URGENCY = {
  over: { word: "期限已到", kind: "danger" },
  soon: { word: "马上到期", kind: "danger" },
  today: { word: "一天之内", kind: "warn" },
  calm: { word: "时间充裕", kind: "info" },
} as const;

export function urgencyOf(until: string, now: number): Urgency {
  const left = Date.parse(until) - now;
  if (left <= 0) return "over";
  if (left <= SOON_MS) return "soon";
  return left <= DAY_MS ? "today" : "calm";
}

/** The countdown: "还剩 5 小时 20 分钟"; the same word as the badge once it is over. */
export function leftOf(until: string, now: number): string {
  const left = Date.parse(until) - now;
  return left > 0 ? `还剩 ${spanWords(Math.ceil(left / 60_000))}` : "期限已到";
}

export interface Todo {
  /** Soonest first. */
  readonly answers: readonly AssessmentRecord[];
  /** Oldest first. */
  readonly due: readonly PaymentOrder[];
  /** Sent back to the desk, newest first. */
  readonly rejected: readonly PaymentOrder[];
}

export function todoOf(assessments: readonly AssessmentRecord[], orders: readonly PaymentOrder[]): Todo {
  return { answers: assessmentsBy(assessments, "mine"), due: ordersBy(orders, "due"), rejected: ordersBy(orders, "rejected") };
}

/**
 * What a screen reader is told, politely: how many run out soon. It changes when one comes into its last hours or leaves
 * them, never with every minute.
 */
export function hurryWords(answers: readonly AssessmentRecord[], now: number): string {
  const count = (wanted: Urgency): number => answers.filter(({ until }) => until !== null && urgencyOf(until, now) === wanted).length;
  const [soon, today] = [count("soon"), count("today")];
  const words = [soon > 0 ? `${soon} 张定损单两小时之内到期` : "", today > 0 ? `${today} 张一天之内到期` : ""].filter(Boolean);
  return words.length === 0 ? "" : `${words.join("，")}。`;
}

/** How long an order has been waiting: "等了 2 天 3 小时". */
export function waitedOf(order: PaymentOrder, now: number): string {
  const minutes = minutesBetween(order.made_at, new Date(now).toISOString());
  return minutes === null ? "" : `等了 ${spanWords(minutes)}`;
}
