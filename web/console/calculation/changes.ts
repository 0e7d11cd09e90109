/** What a plan that was made again changes, as rows for reading: only what moved. */
import type { PlanChange } from "../../shared/contract-assessment";
import { amount } from "../../shared/plan-words";

export interface Moved {
  readonly label: string;
  readonly what: string;
  readonly before_fen: number;
  readonly after_fen: number;
}

export function movedParties(change: Pick<PlanChange, "parties">): Moved[] {
  const rows = change.parties.flatMap((party): Moved[] => [
    { label: party.label, what: "得到赔付", before_fen: party.receives_before_fen, after_fen: party.receives_after_fen },
    { label: party.label, what: "自己付出", before_fen: party.pays_before_fen, after_fen: party.pays_after_fen },
    { label: party.label, what: "自行承担", before_fen: party.bears_before_fen, after_fen: party.bears_after_fen },
  ]);
  return rows.filter((row) => row.before_fen !== row.after_fen);
}

/** With its sign: more is ＋, less is −. */
export function signed(fen: number): string {
  return fen === 0 ? "0.00" : `${fen > 0 ? "＋" : "−"}${amount(Math.abs(fen))}`;
}
