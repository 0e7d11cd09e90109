/** Shapes of review (复核) and of the archive (归档): holds, terms of keeping, destruction by two officers. */
import type { FieldNote, Stage } from "./contract";
import type { Deadline } from "./contract-deadlines";

/** Part of every `AccidentView` as `review`: from the served finding on, else null. */
export interface ReviewView {
  /** Calendar day in China; null in a year whose holidays are not known. */
  until: string | null;
  provisional: boolean;
  text: string;
  /** It can be asked for now. */
  open: boolean;
  standing: ReviewStanding | null;
}

export interface ReviewStanding {
  /** Who applied. */
  party_id: string;
  finding_number: string;
  /** For the desk and the applicant, else null. */
  application: ReviewApplication | null;
  filed: "here" | "above";
  filed_on: string;
  requested_at: string;
  forwarded: { to: string; at: string } | null;
  under_way: boolean;
  outcome: { ended: "decided"; conclusion: ReviewConclusion; at: string } | { ended: "withdrawn"; at: string } | null;
}

/** `POST …/review {application, party_id?, filed?, filed_on?}`: the last three are the desk's, for a paper application. */
export interface ReviewApplication {
  request: string;
  reasons: string;
  /** Ids of evidence in the case. */
  evidence: string[];
  evidence_text: string;
}

/** `POST …/review/conclusion {seen?, conclusion}`; `POST …/review/forwarding {to}`; `POST …/review/withdrawal {}`. */
export interface ReviewConclusion {
  outcome: "upheld" | "redo" | "terminated";
  reason: string;
  number: string | null;
  decided_on: string;
}

/** Part of every `AccidentView` as `archive`: for officers, else null. */
export interface ArchiveView {
  holds: Hold[];
  held: boolean;
  proposal: DestructionProposal | null;
  keeping: Keeping[];
  /** Evidence ids of recordings whose bytes are gone. */
  gone: string[];
  destroyed: DestructionRecord | null;
}

/** `POST …/holds {why: "suit" | "complaint", reason}`, `POST …/holds/{number}/lifting {reason}`. */
export interface Hold {
  number: number;
  why: "review" | "suit" | "complaint";
  reason: string;
  /** Null: it follows from the review. */
  by: string | null;
  placed_at: string;
  lifted: { reason: string; by: string | null; at: string } | null;
}

export interface Keeping {
  what: "video" | "file";
  until: string | null;
  /** Empty: it may be proposed for destruction. */
  why_not: FieldNote[];
}

/** `POST …/destruction {seen?, what, reason}`, then by another officer `…/destruction/approval {seen}` or `/refusal`. */
export interface DestructionProposal {
  what: "video" | "file";
  reason: string;
  by: string;
  at: string;
}

export interface DestructionRecord {
  unit: string;
  reported_at: string;
  closed_at: string;
  findings: { number: string; issued_at: string; content_sha256: string; documents: string[] }[];
  steps: { kind: string; at: string }[];
  head: string;
  files: { what: string; sha256: string; bytes: number | null }[];
  approval: { proposal: DestructionProposal; approved_by: string; kept_until: string };
}

/** `GET /archive/{due|reviews|holds|proposals|destroyed}` */
export interface ArchiveList {
  cases: {
    accident_id: string;
    version: number;
    stage: Stage;
    finding_number: string | null;
    reported_at: string;
    closed_at: string | null;
    review: ReviewStanding | null;
    deadlines: Deadline[];
    archive: ArchiveView;
  }[];
}
