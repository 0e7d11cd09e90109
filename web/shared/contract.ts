/**
 * The types of the case service's API, as the three faces read and write them.
 *
 * Ids are UUIDs, instants RFC 3339 in UTC, money integer fen (`…_fen`). This file holds shapes only: no logic, no texts.
 */
import type { ArchiveView } from "./contract-archive";
import type { Deadline } from "./contract-deadlines";
import type { LateReport } from "./contract-late";
import type { AfterFinding } from "./contract-mediation";
import type { Clock, OrderView } from "./contract-orders";
import type { Triage, TriageAnswers } from "./contract-triage";

export type { TriageAnswers };

import type { Trust } from "./contract-assessment";

export type Stage = "reporting" | "waiting" | "handling" | "decided" | "signing" | "settling" | "closed" | "escalated" | "destroyed";

/** An official code (weather, accident form, plate kind …); its label comes from the {@link Catalogue}. */
export type Code = string;

export interface LinkView {
  accident_id: string;
  party_id: string;
  label: string;
  /** The personal token; only from `/reports` and `/joins`, else empty. */
  token: string;
  /** `https://host/p/#t=token` */
  link: string;
  phone_masked: string | null;
  confirmed: boolean;
  /** This browser already holds a session for it. */
  session: boolean;
  stage: Stage;
}

export interface OfficerView {
  id: string;
  name: string;
  badge: string;
  role: "officer" | "supervisor";
  unit: Unit;
  has_ink: boolean;
}

export interface Unit {
  code: string;
  name: string;
}

export interface CodeSent {
  phone_masked: string;
  resend_after_s: number;
}

/** A reason that ends remote handling, and what to do instead. */
export interface HardStop {
  code: string;
  article: string;
  reason: string;
  advice: string;
  call_122: boolean;
  call_120: boolean;
}

export interface Place {
  text: string;
  road?: string | null;
  direction?: string | null;
  /** Degrees, WGS-84. */
  latitude: number | null;
  longitude: number | null;
  accuracy_m: number | null;
  source: "gps" | "manual" | "officer";
}

export interface Scene {
  occurred_at: string | null;
  weather: Code | null;
  road_type: Code | null;
  /** 车辆间事故: how two vehicles met. */
  collision: Code | null;
  /** 事故形态 */
  form: Code | null;
  place: Place | null;
}

export type IdType = "id_card" | "passport" | "hk_macao_permit" | "taiwan_permit" | "foreigner_permanent_residence" | "other";

export interface CompulsoryCover {
  insurer: string;
  policy: string;
  valid_from: string | null;
  valid_to: string | null;
}

export interface ThirdPartyCover {
  insurer: string;
  limit_fen: number;
  deductible_percent: number;
}

export interface OwnDamageCover {
  insurer: string;
  deductible_percent: number;
}

export interface Vehicle {
  traffic_mode: Code;
  /** Null for a vehicle that needs no plate. */
  plate_kind: Code | null;
  plate: string;
  model: string | null;
  vin: string | null;
  /** 交强险 */
  ctp: CompulsoryCover | null;
  /** 三者险 */
  third_party: ThirdPartyCover | null;
  /** 车损险 */
  own_damage: OwnDamageCover | null;
  /** 行驶方向 */
  direction?: string | null;
  /** 车损部位 */
  contact_part?: Code | null;
}

export interface PartyInput {
  kind: "motor" | "non_motor" | "pedestrian";
  name: string;
  id_type: IdType;
  id_number: string;
  injured: "none" | "slight";
  vehicle: Vehicle | null;
}

export type ConsentKind = "remote_handling" | "electronic_service" | "slight_injury" | "self_pay";

export interface Consent {
  kind: ConsentKind;
  agreed: boolean;
  at: string;
  text_version: string;
}

export interface FieldNote {
  field: string;
  code: string;
  message: string;
}

export interface Losses {
  vehicle_fen: number;
  carried_fen: number;
  medical_fen: number;
  disability_fen: number;
}

export interface PartyView extends PartyInput {
  id: string;
  /** 甲, 乙, 丙 … */
  label: string;
  phone: string;
  confirmed: boolean;
  online: boolean;
  complete: boolean;
  consents: Consent[];
  warnings: FieldNote[];
  losses: Losses | null;
}

export interface EvidenceView {
  id: string;
  kind: "photo" | "still" | "recording";
  shot: string | null;
  party_id: string | null;
  sha256: string;
  bytes: number;
  media_type: string;
  taken_at: string | null;
  received_at: string;
  width?: number | null;
  height?: number | null;
  url: string;
}

export interface StillRequest {
  id: string;
  party_id: string;
  asked_at: string;
}

export type Liability = "full" | "primary" | "equal" | "secondary" | "none" | "undetermined";

export interface PartyShare {
  party_id: string;
  violations: string[];
  liability: Liability;
  /** Percent of the damage; null where the liability does not fix one. */
  share: number | null;
}

export interface Decision {
  parties: PartyShare[];
  facts_text: string;
  liability_text: string;
  override_reason: string | null;
  at: string;
}

export interface DecideRequest {
  seen: number;
  parties: PartyShare[];
  facts_text: string;
  /** The officer's own words; left out, the service makes the sentences from the decision. */
  liability_text?: string | null;
  override_reason: string | null;
}

export interface PreviewRequest {
  parties: { party_id: string; violations: string[]; liability?: Liability | null; share?: number | null }[];
  facts_text?: string | null;
}

export interface Preview {
  proposal: { party_id: string; liability: Liability; share: number | null }[];
  facts_text: string;
  liability_text: string;
  articles: { party_id: string; code: string; text: string }[];
  problems: FieldNote[];
}

export interface Signature {
  party_id: string;
  state: "pending" | "signed" | "refused";
  at: string | null;
  what: string | null;
  reason: string | null;
}

export interface FindingView {
  number: string;
  issued_at: string;
  /** The digest a signer must have seen. */
  to_sign_sha256: string;
  document: { sha256: string; bytes: number; pages: number; revision: number; url: string };
  /** Below our address: what the QR code opens. */
  verify_url: string;
  signatures: Signature[];
  earlier: { number: string; voided_at: string; reason: string }[];
}

export interface Payment {
  head: string;
  cover: string;
  /** Label of the party whose cover pays. */
  holder: string;
  insurer: { code: string; name: string } | null;
  payee: string;
  amount_fen: number;
  rule: string;
  because: string;
}

export interface SettlementView {
  method: "self_pay" | "standard";
  payments: Payment[];
  losses_fen: number;
  paid_fen: number;
  rule_pack: string;
  warnings: string[];
  made_at: string;
}

export interface TimelineEntry {
  seq: number;
  kind: string;
  at: string;
  by: string;
  text: string;
}

export interface OutsideProperty {
  owner: string;
  loss_fen: number;
}

export interface AccidentView extends Trust, AfterFinding {
  id: string;
  version: number;
  stage: Stage;
  unit: Unit;
  reported_at: string;
  queued_at: string | null;
  claimed_at: string | null;
  closed_at: string | null;
  me: { role: "driver" | "officer"; party_id: string | null };
  officer: { id: string; name: string; badge: string } | null;
  /** Only while waiting. */
  queue: { place: number; expected_wait_s: number } | null;
  triage: Triage | null;
  late_report: LateReport | null;
  scene: Scene | null;
  parties: PartyView[];
  evidence: EvidenceView[];
  still_requests: StillRequest[];
  evacuation: { ordered_at: string; acknowledged: string[] } | null;
  escalation: { reason: string; at: string; stops: HardStop[] } | null;
  decision: Decision | null;
  finding: FindingView | null;
  self_pay: { eligible: boolean; cap_fen: number } | null;
  settlement: SettlementView | null;
  /** Officers see all, a driver those that pay them. */
  orders: OrderView[];
  clock: Clock;
  closing: { code: Code; mediation_code: Code | null; note: string | null; at: string } | null;
  /** Empty: may enter the queue. */
  missing_for_queue: { field: string; message: string }[];
  outside_property: OutsideProperty[];
  /** What must be done until which day, in the order in which it began. */
  deadlines: Deadline[];
  /** Officers only. */
  archive: ArchiveView | null;
  /** Officers only, else empty. */
  timeline: TimelineEntry[];
}

export interface QueueItem {
  accident_id: string;
  version: number;
  stage: Stage;
  place_text: string | null;
  parties: { label: string; plate: string | null; online: boolean }[];
  injured: boolean;
  /** 事后报案; `decide_by` until the desk has decided whether to take it on. */
  late_report: boolean;
  decide_by: string | null;
  waiting_since: string | null;
  reported_at: string;
  photos: number;
}

export interface QueueView {
  waiting: QueueItem[];
  mine: QueueItem[];
}

export interface Invitation {
  link: string;
  token: string;
  qr_svg: string;
}

export interface MediaTicket {
  ticket: string;
  url: string;
  expires_at: string;
}

/** A drawn signature: x in 0..width, y in 0..height, t in ms since the first touch. */
export interface Ink {
  width: number;
  height: number;
  /** Device pixels per pixel of `width` and `height`. */
  pixel_ratio?: number | null;
  strokes: InkPoint[][];
}

export type Pointer = "touch" | "pen" | "mouse";

export interface InkPoint {
  t: number;
  x: number;
  y: number;
  pressure: number;
  /** Degrees from upright; only pens tell. */
  tilt_x?: number | null;
  tilt_y?: number | null;
  /** What drew; left out: what drew the point before. */
  pointer?: Pointer | null;
}

export interface SignRequest {
  document_sha256: string;
  code: string;
  ink: Ink;
  read_s: number;
  scrolled_to_end: boolean;
  /** How long each page of the document was on the screen; pages count from 1. */
  pages?: { page: number; seconds: number }[];
  /** Version of the text beside the pad: `signing` in the catalogue. */
  consent_version?: string;
  device?: string;
  position?: { latitude: number; longitude: number; accuracy_m: number };
}

export interface ClosingRequest {
  seen: number;
  closing_code: 1 | 2 | 3 | 4;
  mediation_code?: 1 | 2 | 3 | 4;
  note?: string;
}

/** RFC 9457 body of every refusal. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: FieldNote[];
  current_version?: number;
}

export * from "./contract-catalogue";
export * from "./contract-mediation";
export * from "./contract-record";
