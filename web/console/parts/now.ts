/** The time on the screen, and how long until an instant, in words. */
import { onScopeDispose, ref, type Ref } from "vue";

/** Moves once a second while the calling component lives. */
export function useNow(): Readonly<Ref<number>> {
  const now = ref(Date.now());
  const timer = setInterval(() => (now.value = Date.now()), 1_000);
  onScopeDispose(() => clearInterval(timer));
  return now;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "剩 2 天 3 小时", "剩 3 小时 12 分", "剩 4 分 30 秒", "已到期"; empty for no instant. */
export function countdown(until: string | null, nowMs: number): string {
  const left = until === null ? NaN : Date.parse(until) - nowMs;
  if (Number.isNaN(left)) return "";
  if (left <= 0) return "已到期";
  if (left >= 2 * DAY_MS) return `剩 ${Math.floor(left / DAY_MS)} 天 ${Math.floor((left % DAY_MS) / HOUR_MS)} 小时`;
  if (left >= HOUR_MS) return `剩 ${Math.floor(left / HOUR_MS)} 小时 ${Math.floor((left % HOUR_MS) / MINUTE_MS)} 分`;
  return `剩 ${Math.floor(left / MINUTE_MS)} 分 ${Math.floor((left % MINUTE_MS) / 1000)} 秒`;
}

/** A stretch of time in words: "不到 1 分", "23 分", "1 小时 5 分", "2 天 4 小时". */
export function stretch(ms: number): string {
  if (ms >= DAY_MS) return `${Math.floor(ms / DAY_MS)} 天 ${Math.floor((ms % DAY_MS) / HOUR_MS)} 小时`;
  if (ms >= HOUR_MS) return `${Math.floor(ms / HOUR_MS)} 小时 ${Math.floor((ms % HOUR_MS) / MINUTE_MS)} 分`;
  return ms < MINUTE_MS ? "不到 1 分" : `${Math.floor(ms / MINUTE_MS)} 分`;
}
