/** Shapes of the settlement record that insurers pull. */
import type { PlanChange } from "./contract-assessment";
import type { AgreedPayment } from "./contract-mediation";
import type { Code, Liability, Losses, PartyInput, Payment, Unit } from "./contract";

export interface SettlementRecord {
  id: string;
  change: number;
  finding_number: string;
  issued_at: string;
  occurred_at: string | null;
  place: string;
  unit: Unit;
  parties: SettlementParty[];
  method: "self_pay" | "standard";
  payments: (Payment & { own: boolean })[];
  losses_fen: number;
  paid_fen: number;
  rule_pack: string;
  document: { sha256: string; bytes: number; url: string };
  settled_at: string;
  /** Oldest first; empty unless the plan was made again. */
  plan_changes: PlanChange[];
  outcome: RecordOutcome;
}

/** How the accident ended; it changes nothing of what a policy pays. */
export interface RecordOutcome {
  mediation:
    | { ending: "agreed"; at: string; payments: AgreedPayment[]; text: string; performance: string | null; deadline_text: string | null }
    | { ending: "failed"; at: string; reason: string }
    | null;
  /** Labels of parties who chose 代位求偿. */
  subrogated: string[];
  /** Labels of parties who object to the finding. */
  objecting: string[];
  closing: { code: Code; mediation_code: Code | null; note: string | null; at: string } | null;
}

export interface SettlementParty {
  label: string;
  own_insured: boolean;
  kind: PartyInput["kind"];
  name: string;
  id_number: string;
  phone: string;
  plate: string | null;
  vehicle_model: string | null;
  liability: Liability;
  share: number | null;
  insurer: string | null;
  /** Masked unless the reader's own. */
  policy: string | null;
  losses: Losses;
  signature: "signed" | "refused";
}

export interface SettlementPage {
  items: SettlementRecord[];
  next: string;
  more: boolean;
}
