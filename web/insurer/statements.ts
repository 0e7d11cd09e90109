/** Clearing as one company reads it: what each row means for it, and what the rows are made of. */
import type { ClearingRow } from "../shared/contract-orders";

export const KIND = { ctp_advance: "无责代赔", mutual_trust: "互信先行赔付", subrogation: "代位求偿" } as const;

/** Who pays whom in a row of a pair; null when they are even. */
export function flowOf(row: ClearingRow): { from: string; to: string; fen: number } | null {
  if (row.net_fen === 0) return null;
  const [from, to] = row.net_fen > 0 ? [row.first, row.second] : [row.second, row.first];
  return { from: from.name, to: to.name, fen: Math.abs(row.net_fen) };
}

/** "2026-11" → "2026年11月" */
export function monthWords(month: string): string {
  const [year = "", number = ""] = month.split("-");
  return `${year}年${Number(number)}月`;
}

/** The name of a company within a row, by its code. */
export function nameIn(row: ClearingRow, code: string): string {
  return row.first.code === code ? row.first.name : row.second.code === code ? row.second.name : code;
}
