/** A day in words, in the reader's language: the one a deadline ends on. */
import { shortTime } from "../shared/words";
import { lang } from "./lang";

const WEEKDAY = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"] as const;

/** "2026-11-26" → "11月26日（星期四）"; a day is a day wherever the phone is. */
export function dayWords(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return "—";
  if (lang.value === "en") return at.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  return `${at.getUTCMonth() + 1}月${at.getUTCDate()}日（${WEEKDAY[at.getUTCDay()] ?? ""}）`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const CHINA_MS = 8 * 3_600_000;

/** An instant in China's time: "11月24日 14:30", "24 Nov 14:30". */
export function timeWords(instant: string): string {
  const at = new Date(Date.parse(instant) + CHINA_MS);
  if (lang.value !== "en" || Number.isNaN(at.getTime())) return shortTime(instant);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ""} ${at.toISOString().slice(11, 16)}`;
}
