/**
 * How long somebody has been standing at the roadside, in words and in a colour.
 * The clock is a parameter; nothing here looks at the time by itself.
 */
import type { QueueItem } from "../../shared/contract";

export type Urgency = "calm" | "soon" | "late";

/** The desk promises an answer within a minute; after three, people walk on the road. */
const SOON_AFTER_S = 60;
const LATE_AFTER_S = 180;

export function waitedS(item: Pick<QueueItem, "waiting_since" | "reported_at">, now: Date): number {
  const since = Date.parse(item.waiting_since ?? item.reported_at);
  return Number.isNaN(since) ? 0 : Math.max(0, Math.floor((now.getTime() - since) / 1000));
}

export function urgency(seconds: number, injured: boolean): Urgency {
  if (seconds >= LATE_AFTER_S || (injured && seconds >= SOON_AFTER_S)) return "late";
  return seconds >= SOON_AFTER_S || injured ? "soon" : "calm";
}

export const URGENCY_WORDS: Record<Urgency, string> = { calm: "正常", soon: "请尽快", late: "超时" };

/** 75 → "1分15秒", 3700 → "1小时1分". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds}秒`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}分${String(seconds % 60).padStart(2, "0")}秒`;
  return `${Math.floor(seconds / 3600)}小时${Math.floor((seconds % 3600) / 60)}分`;
}

/** Who is next: the injured first, then whoever waits longest. */
export function inOrder(items: readonly QueueItem[]): QueueItem[] {
  const since = (i: QueueItem): number => Date.parse(i.waiting_since ?? i.reported_at);
  return [...items].sort((a, b) => Number(b.injured) - Number(a.injured) || since(a) - since(b));
}
