/**
 * Shapes of the insurers' portal: who is signed in, what is looked up, many answers at once, exports, the sandbox.
 *
 * Records, assessments and payment orders have files of their own; what only an administrator sees is in
 * contract-insurer-admin.ts.
 */
import type { NamedInsurer } from "./contract-orders";
import type { SettlementRecord } from "./contract-record";

export type ClerkRole = "viewer" | "handler" | "admin";

/** `GET /clerk/session`; also what `POST /clerk/session/totp` answers. */
export interface ClerkView {
  id: string;
  name: string;
  login: string;
  role: ClerkRole;
  insurer: NamedInsurer;
  scopes: string[];
  via: "password" | "oidc";
}

/** `GET /clerk/oidc/providers`: insurers whose clerks sign in at home. */
export interface OidcProviders {
  items: { insurer: NamedInsurer }[];
}

/** `GET /settlements/search`, newest first. */
export interface SearchPage {
  items: SettlementRecord[];
  /** Name it as `before` for the next page; null: that was all. */
  next: string | null;
}

/** `GET /settlements/{record}/documents` */
export interface RecordDocuments {
  items: {
    id: string;
    kind: string;
    /** `issued`: as it was before anybody signed. */
    state: "current" | "issued" | "replaced" | "void";
    title: string;
    number: string;
    issued_at: string;
    /** Of the PDF's bytes. */
    sha256: string;
    bytes: number;
    pages: number;
    void: { at: string; reason: string } | null;
    url: string;
  }[];
}

/** `GET /settlements/{record}/evidence`: pictures, each with this company's watermark. */
export interface RecordEvidence {
  items: {
    id: string;
    kind: string;
    title: string;
    taken_at: string;
    /** Of the original; what is sent is a smaller picture with a watermark. */
    sha256: string;
    bytes: number;
    width: number | null;
    height: number | null;
    /** Label of the party who took it; null: the desk, or nobody in particular. */
    party: string | null;
    url: string;
  }[];
}

/** The same for every deed that is done to many at once, in the order of the request. */
export interface BulkResult {
  items: {
    id: string;
    ok: boolean;
    problem: { code: string; message: string; errors: { field: string; code: string; message: string }[] } | null;
  }[];
}

export type ExportKind = "settlements" | "payment_orders" | "assessments";
export type ExportFormat = "csv" | "xlsx";
export type ExportState = "queued" | "running" | "done" | "failed";

/** `POST /exports`; days are China's. */
export interface ExportRequest {
  kind: ExportKind;
  format: ExportFormat;
  from?: string | null;
  to?: string | null;
  state?: string | null;
}

/** `GET /exports/{id}` */
export interface ExportView {
  id: string;
  state: ExportState;
  /** Records gone through; 0 of 0 before it begins. */
  done: number;
  total: number;
  /** Where the file lies once it is done. */
  url: string | null;
  /** Until when it can be fetched. */
  expires_at: string;
}

/** `GET /sandbox`; 404 where this is not one. */
export interface SandboxView {
  /** The time of cases, which may run ahead of the world's. */
  now: string;
  kinds: { kind: string; title: string }[];
  /** Types of messages that can be brought about. */
  events: string[];
}

/** `POST /sandbox/accidents` */
export interface SandboxAccident {
  accident_id: string;
  settlement_id: string | null;
  finding_number: string | null;
  kind: string;
}
