/** 期限: which one comes next, how near it is, and what it is called in a word. */
import type { Deadline, DeadlineKind } from "../../shared/contract-deadlines";

export const TERM: Record<DeadlineKind, string> = {
  finding: "制作认定书",
  late_report: "决定是否受理",
  review: "申请复核",
  review_forward: "转送复核申请",
  review_file: "提交复核案卷",
  review_decision: "作出复核结论",
  retain_file: "案卷保存",
  retain_video: "录像保存",
};

/** How long things are kept presses nobody. */
const KEEPING: readonly DeadlineKind[] = ["retain_file", "retain_video"];

/** The earliest that is still open. One that has passed stays next until it is met: it must not disappear. */
export function nextDeadline(all: readonly Deadline[]): Deadline | null {
  return inOrder(all).find((one) => !one.done && !KEEPING.includes(one.kind)) ?? null;
}

/** The earliest first; one whose day cannot be told yet comes before all, because nobody knows how near it is. */
export function inOrder(all: readonly Deadline[]): Deadline[] {
  return [...all].sort((a, b) => (a.due ?? "").localeCompare(b.due ?? ""));
}

const DAY_MS = 86_400_000;
const CHINA_MS = 8 * 3_600_000;

/** Whole days from today in China to that day; 0 is today, negative is past. */
export function daysLeft(due: string, nowMs: number): number {
  return Date.parse(due) / DAY_MS - Math.floor((nowMs + CHINA_MS) / DAY_MS);
}

export interface Near {
  readonly word: string;
  readonly kind: string;
}

export function near(due: string | null, nowMs: number): Near {
  if (due === null) return { word: "日期待定", kind: "d-badge--info" };
  const days = daysLeft(due, nowMs);
  if (days < 0) return { word: `已过 ${-days} 天`, kind: "d-badge--danger" };
  if (days === 0) return { word: "今天", kind: "d-badge--warn" };
  if (days === 1) return { word: "明天", kind: "d-badge--warn" };
  return { word: days > 90 ? "" : `还有 ${days} 天`, kind: "" };
}
