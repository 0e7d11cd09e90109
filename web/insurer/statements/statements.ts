/** Clearing as one company reads it: what each row means for it, and what the rows are made of. */
import type { ClearingRow, ClearingStatement } from "../../shared/contract-orders";

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

/**
 * What all rows together mean for the reader's own company: the one that is in each of them. With a single row there is
 * nothing to add up. The others' balances are left out: a company sees its own rows only, so theirs would be half a truth.
 */
export function ownBalance({ rows, balances }: ClearingStatement): ClearingStatement["balances"][number] | null {
  if (rows.length < 2) return null;
  const everywhere = (code: string) => rows.every(({ first, second }) => first.code === code || second.code === code);
  return balances.find(({ insurer }) => everywhere(insurer.code)) ?? null;
}
