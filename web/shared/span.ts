/** Lengths of time in words, as both sides of the money read them. */

const MINUTE_MS = 60_000;
const HOUR_MIN = 60;
const DAY_MIN = 24 * HOUR_MIN;

/** Whole minutes from one instant to another, never below zero; null when one of them is no instant. */
export function minutesBetween(from: string, to: string): number | null {
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isNaN(ms) ? null : Math.max(0, Math.round(ms / MINUTE_MS));
}

/** 0 → "不到 1 分钟", 23 → "23 分钟", 125 → "2 小时 5 分钟", 1500 → "1 天 1 小时". */
export function spanWords(minutes: number): string {
  const [days, hours, rest] = [Math.floor(minutes / DAY_MIN), Math.floor((minutes % DAY_MIN) / HOUR_MIN), minutes % HOUR_MIN];
  if (days > 0) return `${days} 天${hours > 0 ? ` ${hours} 小时` : ""}`;
  if (hours > 0) return `${hours} 小时${rest > 0 ? ` ${rest} 分钟` : ""}`;
  return rest === 0 ? "不到 1 分钟" : `${rest} 分钟`;
}

/** How long until an instant, "还剩 5 小时 20 分钟"; null once it has passed. The last minute counts as one. */
export function leftWords(until: string, now: number): string | null {
  const ms = Date.parse(until) - now;
  return ms > 0 ? `还剩 ${spanWords(Math.ceil(ms / MINUTE_MS))}` : null;
}
