/** An accident for tests: two cars at a crossing, held by officer `o1`. */
import type { AccidentView, PartyView } from "../../shared/contract";
import type { AssessmentView } from "../../shared/contract-assessment";
import type { MediationView } from "../../shared/contract-mediation";
import type { OrderView } from "../../shared/contract-orders";

export function aParty(id: string, label: string, more: Partial<PartyView> = {}): PartyView {
  return {
    id, label, kind: "motor", name: label, id_type: "id_card", id_number: "", injured: "none", vehicle: null,
    phone: "", confirmed: true, online: true, complete: true, consents: [], warnings: [], losses: null, ...more,
  };
}

export function anAccident(more: Partial<AccidentView> = {}): AccidentView {
  return {
    id: "a", version: 1, stage: "handling", unit: { code: "330681", name: "诸暨" },
    reported_at: "2026-03-01T00:00:00Z", queued_at: null, claimed_at: null, closed_at: null,
    me: { role: "officer", party_id: null }, officer: { id: "o1", name: "陈", badge: "1" }, queue: null, triage: null, late_report: null,
    scene: null,
    parties: [aParty("p1", "甲"), aParty("p2", "乙")], evidence: [], still_requests: [], evacuation: null, escalation: null,
    decision: null, finding: null, self_pay: null, settlement: null, orders: [],
    clock: { reported_at: "2026-03-01T00:00:00Z", finding_issued_at: null, served_at: null, settled_at: null, first_paid_at: null, all_paid_at: null },
    closing: null, missing_for_queue: [], outside_property: [], deadlines: [],
    mediation: null, subrogation: { offered_to: [], chosen: [] }, objections: [], review: null, guests: [],
    archive: null, timeline: [], agreement: null, assessments: [], plan_changes: [], ...more,
  };
}

export function aFinding(first: "pending" | "signed" | "refused", second: "pending" | "signed" | "refused"): NonNullable<AccidentView["finding"]> {
  const signature = (party_id: string, state: "pending" | "signed" | "refused") => ({ party_id, state, at: null, what: null, reason: null });
  return {
    number: "3306812026000001", issued_at: "2026-03-01T00:10:00Z", to_sign_sha256: "x",
    document: { sha256: "x", bytes: 1, pages: 1, revision: 1, url: "" }, verify_url: "",
    signatures: [signature("p1", first), signature("p2", second)], earlier: [],
  };
}

export function aMediation(more: Partial<MediationView> = {}): MediationView {
  return { open: true, why_not: [], wishes: [], bars: [], suggestion: [], proposal: null, ending: null, ...more };
}

export function anAssessment(party_id: string, more: Partial<AssessmentView> = {}): AssessmentView {
  return {
    id: `assessment of ${party_id}`, party_id, label: "", supplements: null, latest: true, assessor: { kind: "desk", insurer: null },
    state: "binding", basis: "mutual_trust", bound_at: "2026-03-01T00:20:00Z", until: null, must_answer: [], answers: [], sampled: false,
    sample_key: "", agreement: { id: "t", name: "互信协议", cap_fen: 1_000_000, window_hours: 24 },
    items: [{ part: "前保险杠", operation: "replace", quantity: 1, unit_price_fen: 60_000, labour_fen: 10_000 }], total_fen: 70_000,
    difference_fen: null, joint: null, photos: [], note: null, proposed_at: "2026-03-01T00:20:00Z",
    may: { accept: false, object: false, joint: false, supplement: true }, ...more,
  };
}

export function anOrder(id: string, more: Partial<OrderView> = {}): OrderView {
  return {
    id, insurer: { code: "PICC", name: "人保" }, payee: "乙", direction: "pay", amount_fen: 100, lines: [], made_at: "2026-03-01T00:30:00Z",
    state: "due", paid: null, confirmed_at: null, rejected: null, note: null, may_confirm: false, may_reissue: false, ...more,
  };
}
