/** Words and figures the three faces share: labels of closed lists, money, instants. Official codes come from the catalogue. */
import type { Liability, Stage } from "./contract";

export const STAGE: Record<Stage, string> = {
  reporting: "填报中",
  waiting: "排队中",
  handling: "处理中",
  decided: "已定责",
  signing: "签字中",
  settling: "理赔中",
  closed: "已结案",
  escalated: "已转现场",
  destroyed: "已销毁",
};

export const LIABILITY: Record<Liability, string> = {
  full: "全部责任",
  primary: "主要责任",
  equal: "同等责任",
  secondary: "次要责任",
  none: "无责任",
  undetermined: "无法认定",
};

/** Integer fen as yuan: 123456 → "1,234.56", 200000 → "2,000". */
export function yuan(fen: number): string {
  const sign = fen < 0 ? "-" : "";
  const whole = Math.trunc(Math.abs(fen) / 100);
  const cents = Math.abs(fen) % 100;
  const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
  return sign + grouped + (cents === 0 ? "" : `.${String(cents).padStart(2, "0")}`);
}

/** What a person typed as yuan, in fen; null when it is not an amount. */
export function fenOf(text: string): number | null {
  const clean = text.trim().replace(/[,，¥￥\s]/g, "");
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(clean);
  if (match === null) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

const CHINA_MS = 8 * 3_600_000;

/** An instant as people here read it: "11月23日 14:05", China time on whatever device. */
export function shortTime(instant: string): string {
  const ms = Date.parse(instant);
  if (Number.isNaN(ms)) return "—";
  const [date = "", time = ""] = new Date(ms + CHINA_MS).toISOString().split("T");
  const [, month, day] = date.split("-");
  return `${Number(month)}月${Number(day)}日 ${time.slice(0, 5)}`;
}
