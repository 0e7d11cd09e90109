/** Shapes of what may follow the finding: objection, mediation (调解), subrogation (代位求偿), guests by link. */
import type { MediaTicket, Signature, Stage } from "./contract";
import type { ReviewView } from "./contract-archive";

/** Part of every `AccidentView`. */
export interface AfterFinding {
  /** From the served finding on, else null. */
  mediation: MediationView | null;
  subrogation: { offered_to: string[]; chosen: string[] };
  objections: Objection[];
  /** 复核: how long it can be asked for; from the served finding on, else null. */
  review: ReviewView | null;
  /** Officers only, else empty. */
  guests: Guest[];
}

/** 当事人对认定有异议 */
export interface Objection {
  party_id: string;
  reason: string;
  at: string;
}

/** 程序规定 art. 26 */
export type BarKind = "objects_to_finding" | "refused_to_sign" | "does_not_agree";

export interface MediationView {
  /** A result may be proposed now. */
  open: boolean;
  /** Why not, in plain sentences; empty exactly when it is open. */
  why_not: { field: string; code: string; message: string }[];
  /** Each party's last word; a party without one has not answered. */
  wishes: { party_id: string; wanted: boolean; at: string }[];
  bars: MediationBar[];
  /** What the plan leaves to the parties themselves: to begin the terms with. */
  suggestion: AgreedPayment[];
  proposal: MediationProposal | null;
  ending: MediationEnding | null;
}

export interface MediationBar {
  party_id: string;
  why: BarKind;
  /** 结案方式 it leads to: 2, 3 or 4. */
  closing_code: string;
  note: string;
  at: string;
  /** Noted by the officer; otherwise it follows from what the party did. */
  noted: boolean;
}

/** Labels of parties: 甲, 乙 … */
export interface AgreedPayment {
  payer: string;
  payee: string;
  amount_fen: number;
}

/** 履行期限 */
export type Deadline = { kind: "on"; date: string } | { kind: "within"; days: number };

export interface Terms {
  payments: AgreedPayment[];
  /** 损害赔偿调解结果, as it stands on the finding. Never generated over an edit. */
  text: string;
  /** 履行方式; needed when something is paid. */
  performance: string | null;
  /** 履行期限; needed when something is paid. */
  deadline: Deadline | null;
  /** Why a party gets more than its recorded loss; only then. */
  over_loss_reason: string | null;
}

/** How an agreed amount differs from what the plan leaves to these two. */
export interface TermsDifference {
  payer: string;
  payee: string;
  planned_fen: number;
  agreed_fen: number;
}

export interface MediationProposal {
  terms: Terms;
  /** 2026年12月01日前, or 自签名之日起7日内. */
  deadline_text: string | null;
  difference: TermsDifference[];
  proposed_at: string;
  /** The digest a signer must have seen. */
  to_sign_sha256: string;
  /** The page the parties are shown and sign. */
  document: { sha256: string; bytes: number; pages: number; revision: number; url: string };
  signatures: Signature[];
}

export type MediationEnding = { ending: "agreed"; at: string } | { ending: "failed"; reason: string; at: string };

/** `POST …/mediation/wishes`: a driver says for themselves (no `party_id`), an officer for a party without a phone. */
export interface WishRequest {
  wanted: boolean;
  party_id?: string;
}

/** `POST …/mediation/bars` (officer) */
export interface BarRequest {
  party_id: string;
  why: BarKind;
  note: string;
}

/** `POST …/mediation/draft` (officer): stores nothing. With `text`, the problems are about that text. */
export interface TermsDraftRequest {
  payments: AgreedPayment[];
  performance: string | null;
  deadline: Deadline | null;
  over_loss_reason?: string | null;
  text?: string | null;
}

export interface TermsDraft {
  text: string;
  difference: TermsDifference[];
  problems: { field: string; code: string; message: string }[];
}

/** `POST …/mediation/proposal` (officer). The parties then sign by `POST …/mediation/signatures` (a `SignRequest`). */
export interface ProposalRequest {
  seen: number;
  terms: Terms;
}

/** `POST …/mediation/refusals` (officer) */
export interface MediationRefusalRequest {
  party_id: string;
  what: "sign" | "receive";
  reason: string;
}

/** `POST …/mediation/ending` (officer): no agreement is reached. */
export interface EndingRequest {
  seen: number;
  reason: string;
}

/** `POST …/objection` (driver); taken back by `POST …/objection/withdrawal`. */
export interface ObjectionRequest {
  reason: string;
}

/** `POST …/subrogation` (driver, offered to them) */
export interface SubrogationRequest {
  chosen: boolean;
}

export type GuestRole = "mediator" | "insurer";

export interface Guest {
  id: string;
  role: GuestRole;
  name: string;
  /** Code, for an insurer's person. */
  insurer: string | null;
  invited_at: string;
  expires_at: string;
  removed_at: string | null;
}

/** `POST …/guests` (officer) */
export interface GuestRequest {
  role: GuestRole;
  name: string;
  /** Exactly for an insurer's person: one with a policy in this accident. */
  insurer?: string | null;
}

/** Removed again by `POST …/guests/{guest}/removal`, which answers the case. */
export interface GuestInvitation {
  guest: Guest;
  /** `https://host/p/#g=token` */
  link: string;
  token: string;
  qr_svg: string;
}

/**
 * What a guest sees: `POST /guest-sessions` {token} (201, sets the cookie) and `GET /guest` answer it. No document
 * number, no phone; names and plates are masked, in the texts too. `POST /guest/media-ticket` answers a `MediaTicket`.
 */
export interface GuestView {
  guest: { id: string; role: GuestRole; name: string; insurer: { code: string; name: string } | null; expires_at: string };
  accident_id: string;
  stage: Stage;
  unit: { code: string; name: string };
  officer_name: string | null;
  occurred_at: string | null;
  place: string;
  parties: { label: string; kind: "motor" | "non_motor" | "pedestrian"; plate: string | null }[];
  mediation: GuestMediation | null;
}

export interface GuestMediation {
  payments: AgreedPayment[];
  text: string;
  performance: string | null;
  deadline_text: string | null;
  signatures: { label: string; state: "pending" | "signed" | "refused" }[];
  ending: "agreed" | "failed" | null;
}

export type GuestTicket = MediaTicket;
