/** Shapes of 定损互信: assessments, the agreement that stands behind them, and plans made again. */
import type { Ink, Liability, PartyInput } from "./contract";

export type Operation = "replace" | "repair" | "paint" | "refit";

/** One line of an assessment: a part and what is done to it. */
export interface AssessmentItem {
  part: string;
  operation: Operation;
  /** 1 to 99. */
  quantity: number;
  /** Of one part. */
  unit_price_fen: number;
  /** 工时费 of the whole line. */
  labour_fen: number;
}

export interface NamedInsurer {
  code: string;
  name: string;
}

/**
 * `awaiting`: those in `must_answer` have until `until`; silence of an insurer is acceptance, silence of a party leads
 * to `joint`. `objected`: somebody objected, the others may still answer. `joint`: the desk enters the joint result.
 */
export type AssessmentState = "awaiting" | "objected" | "joint" | "binding";

/** Why a figure binds. */
export type AssessmentBasis = "mutual_trust" | "accepted" | "silence" | "joint";

export interface AssessmentAnswer {
  /** Exactly one of insurer and party_id is there. */
  insurer: NamedInsurer | null;
  party_id: string | null;
  answer: "accepted" | "objected" | "silent";
  at: string;
  /** Of an objection; null where the reader may not see it. */
  reason: string | null;
  own_figure_fen: number | null;
}

export interface MustAnswer {
  insurer: NamedInsurer | null;
  party_id: string | null;
}

export interface JointResult {
  items: AssessmentItem[];
  total_fen: number;
  note: string | null;
}

/** One assessment of one vehicle, as a driver or an officer sees it. */
export interface AssessmentView {
  id: string;
  party_id: string;
  /** 甲, 乙 … */
  label: string;
  /** The assessment that this one supplements; its figure includes everything. */
  supplements: string | null;
  /** The last one of this vehicle: the one that counts. */
  latest: boolean;
  assessor: { kind: "desk" | "insurer"; insurer: NamedInsurer | null };
  state: AssessmentState;
  basis: AssessmentBasis | null;
  bound_at: string | null;
  /** End of the window while somebody must answer. */
  until: string | null;
  must_answer: MustAnswer[];
  answers: AssessmentAnswer[];
  /** Drawn for re-inspection. */
  sampled: boolean;
  /** What the draw was made from: the insurer repeats it. */
  sample_key: string;
  /** The agreement in force on the day of the accident. */
  agreement: Agreement | null;
  /** Empty for a driver looking at another's vehicle. */
  items: AssessmentItem[];
  /** The figure as it now stands (the joint one once there is one). */
  total_fen: number;
  /** To the figure of the assessment it supplements. */
  difference_fen: number | null;
  joint: JointResult | null;
  /** Evidence of this case; empty for a driver looking at another's vehicle. */
  photos: string[];
  note: string | null;
  proposed_at: string;
  /** What the reader may do now. */
  may: { accept: boolean; object: boolean; joint: boolean; supplement: boolean };
}

export interface Agreement {
  id: string;
  name: string;
  cap_fen: number;
  window_hours: number;
}

/** A plan that was made again, against the one before it. */
export interface PlanChange {
  made_at: string;
  insurers: { insurer: NamedInsurer; before_fen: number; after_fen: number; change_fen: number }[];
  /** Label of the party or owner: what it is paid by others, what it pays others itself, what it bears. */
  parties: {
    label: string;
    receives_before_fen: number;
    receives_after_fen: number;
    pays_before_fen: number;
    pays_after_fen: number;
    bears_before_fen: number;
    bears_after_fen: number;
  }[];
}

/** Fields of every `AccidentView`. */
export interface Trust {
  /** In force where and when the accident happened. */
  agreement: Agreement | null;
  /** Oldest first. */
  assessments: AssessmentView[];
  /** Oldest first; empty unless the plan was made again. */
  plan_changes: PlanChange[];
}

/** `POST /accidents/{id}/assessments` (officer); answers the AccidentView, 201. */
export interface AssessmentRequest {
  party_id: string;
  /** Required when the vehicle has an assessment already: its newest one, which must be binding. */
  supplements?: string | null;
  items: AssessmentItem[];
  /** Pictures of this case. */
  photos: string[];
  note?: string | null;
  seen?: number | null;
}

/** `POST /accidents/{id}/assessments/{assessment}/joint` (officer). */
export interface JointRequest {
  items: AssessmentItem[];
  note?: string | null;
  seen?: number | null;
}

/** `POST /accidents/{id}/assessments/{assessment}/answer` (driver). */
export type AssessmentAnswerRequest =
  | { answer: "accepted"; ink: Ink; /** The figure on the screen. */ total_fen?: number }
  | { answer: "objected"; reason: string; own_figure_fen?: number | null };

/** `GET /price-list?q=前保&limit=20`; nobody needs to be signed in. */
export interface PriceList {
  source: string;
  items: PriceLine[];
}

export interface PriceLine {
  /** `small_car`, `mid_car`, `e_bike` … */
  vehicle: string;
  vehicle_label: string;
  part: string;
  operation: Operation;
  unit_price_fen: number;
  labour_fen: number;
}

/** An assessment as an insurer sees it: `GET /assessments`, `GET /assessments/{id}`. */
export interface AssessmentRecord {
  id: string;
  /** Grows with every change of any assessment. */
  change: number;
  accident_id: string;
  occurred_at: string | null;
  place: string;
  unit: { code: string; name: string };
  /** Masked unless insured with the reader. */
  parties: {
    label: string;
    own_insured: boolean;
    kind: PartyInput["kind"];
    name: string;
    plate: string | null;
    vehicle_model: string | null;
    insurer: string | null;
    /** Null until liability is decided. */
    liability: Liability | null;
  }[];
  /** Whose vehicle. */
  party: string;
  supplements: string | null;
  latest: boolean;
  assessor: { kind: "desk" | "insurer"; insurer: NamedInsurer | null };
  state: AssessmentState;
  basis: AssessmentBasis | null;
  bound_at: string | null;
  until: string | null;
  must_answer: { insurer: NamedInsurer | null; party: string | null }[];
  answers: {
    insurer: NamedInsurer | null;
    party: string | null;
    answer: "accepted" | "objected" | "silent";
    at: string;
    reason: string | null;
    own_figure_fen: number | null;
  }[];
  /** The reader must answer, by `until`. */
  must_answer_own: boolean;
  own_answer: "accepted" | "objected" | "silent" | null;
  sampled: boolean;
  sample_key: string;
  agreement: Agreement | null;
  items: AssessmentItem[];
  total_fen: number;
  difference_fen: number | null;
  joint: JointResult | null;
  photos: { id: string; url: string }[];
  note: string | null;
  proposed_at: string;
}

export interface AssessmentPage {
  items: AssessmentRecord[];
  next: string;
  more: boolean;
}

/** `POST /assessments` (insurer); answers the record, 201. One of accident_id and settlement_id. */
export interface InsurerAssessmentRequest {
  accident_id?: string | null;
  settlement_id?: string | null;
  /** Label of the party whose vehicle it is: 甲. */
  party: string;
  supplements?: string | null;
  items: AssessmentItem[];
  photos?: string[];
  note?: string | null;
}

/** `POST /assessments/{id}/objection` (insurer); `…/acceptance` takes `{}`. Both answer the record. */
export interface InsurerObjection {
  reason: string;
  own_figure_fen: number;
}
