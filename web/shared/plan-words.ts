/** Words of the payment plan: heads, covers, methods. Used where money is shown to people who work with it. */
const HEAD: Record<string, string> = { property: "财产", medical: "医疗", disability: "误工护理交通" };

const COVER: Record<string, string> = {
  ctp: "交强险",
  ctp_self: "交强险（互碰自赔）",
  ctp_advance: "交强险（无责代赔）",
  third_party: "三者险",
  own_damage: "车损险",
  personal: "本人承担",
};

export const METHOD = { self_pay: "互碰自赔", standard: "按责赔付" } as const;

export function headWord(head: string): string {
  return HEAD[head] ?? head;
}

export function coverWord(cover: string): string {
  return COVER[cover] ?? cover;
}

/** Fen with always two decimals, so that columns line up: 123450 → "1,234.50". */
export function amount(fen: number): string {
  const whole = String(Math.trunc(Math.abs(fen) / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${fen < 0 ? "-" : ""}${whole}.${String(Math.abs(fen) % 100).padStart(2, "0")}`;
}
