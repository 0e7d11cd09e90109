/**
 * The records an insurer has pulled, as a value: newer changes replace older ones, newest first.
 * Money is summed in fen, for the reader's own company only.
 */
import type { SettlementPage, SettlementRecord } from "../shared/contract";

export interface Pulled {
  readonly records: readonly SettlementRecord[];
  readonly cursor: string | null;
}

export const NOTHING: Pulled = { records: [], cursor: null };

export function take(pulled: Pulled, page: SettlementPage): Pulled {
  const byId = new Map(pulled.records.map((r) => [r.id, r]));
  for (const item of page.items) {
    const known = byId.get(item.id);
    if (!known || item.change >= known.change) byId.set(item.id, item);
  }
  const records = [...byId.values()].sort((a, b) => b.settled_at.localeCompare(a.settled_at) || b.change - a.change);
  return { records, cursor: page.next };
}

/** The plate, the finding's number, the place or a policy: whatever the clerk has at hand. */
export function search(records: readonly SettlementRecord[], typed: string): readonly SettlementRecord[] {
  const plain = (text: string): string => text.toUpperCase().replace(/[\s·\-]/g, "");
  const wanted = plain(typed);
  if (wanted === "") return records;
  return records.filter((r) =>
    [r.finding_number, r.place, ...r.parties.flatMap((p) => [p.plate ?? "", p.policy ?? ""])].some((t) => plain(t).includes(wanted)),
  );
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
