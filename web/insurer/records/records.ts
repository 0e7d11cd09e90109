/**
 * Settlement records as a clerk looks for them: the question that goes to the service, the pages that come back, and what
 * a record means for the reader's own company. Money is summed in fen.
 */
import type { SettlementRecord } from "../../shared/contract";
import type { SearchPage } from "../../shared/contract-insurer";

export interface Asked {
  /** A plate, a policy of one's own, a finding's number. */
  readonly q: string;
  /** Days of the settlement, in China: "2026-11-24" or nothing. */
  readonly from: string;
  readonly to: string;
}

export const PAGE = 50;

export function queryOf({ q, from, to }: Asked, before: string | null = null): string {
  const query = new URLSearchParams();
  // Dots, spaces and small letters are the service's to understand.
  if (q.trim() !== "") query.set("q", q.trim());
  if (from !== "") query.set("from", from);
  if (to !== "") query.set("to", to);
  if (before !== null) query.set("before", before);
  query.set("limit", String(PAGE));
  return query.toString();
}

/** What is wrong with the days, as a sentence; null: nothing. */
export function wrongDays({ from, to }: Asked): string | null {
  return from !== "" && to !== "" && from > to ? "开始日期在结束日期之后，请对调。" : null;
}

/** Newest first; a later change of the same record replaces an earlier one, never the other way round. */
export function merged(known: readonly SettlementRecord[], page: Pick<SearchPage, "items">): readonly SettlementRecord[] {
  const byId = new Map(known.map((record) => [record.id, record]));
  for (const item of page.items) {
    const before = byId.get(item.id);
    if (before === undefined || item.change >= before.change) byId.set(item.id, item);
  }
  return [...byId.values()].sort((a, b) => b.settled_at.localeCompare(a.settled_at) || b.change - a.change);
}

export interface OwnSide {
  /** Labels of the parties insured here. */
  readonly parties: readonly string[];
  readonly plates: readonly string[];
  /** What this company pays, in fen. */
  readonly pays_fen: number;
}

export function ownSide(record: SettlementRecord): OwnSide {
  const own = record.parties.filter((p) => p.own_insured);
  return {
    parties: own.map((p) => p.label),
    plates: own.map((p) => p.plate).filter((p): p is string => p !== null),
    pays_fen: record.payments.filter((p) => p.own).reduce((sum, p) => sum + p.amount_fen, 0),
  };
}

/** What the company's own policy holders are paid by anybody, in fen. */
export function receivesFen(record: SettlementRecord): number {
  const own = ownSide(record).parties;
  return record.payments.filter((p) => own.includes(p.payee) && p.cover !== "personal").reduce((sum, p) => sum + p.amount_fen, 0);
}
