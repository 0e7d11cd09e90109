/**
 * What a driver still has to answer once the damage is assessed and the finding stands: the own 定损单, 调解, the money.
 *
 * Pure functions of the case, like `step.ts`, which asks them. Everything that has an answer in the case is not asked again.
 */
import type { AccidentView } from "../shared/contract";
import type { AssessmentView, PlanChange } from "../shared/contract-assessment";
import type { AfterFinding, BarKind, MediationView } from "../shared/contract-mediation";
import type { OrderView } from "../shared/contract-orders";
import { minutesBetween } from "../shared/span";

/** What this page reads of a term. */
interface Term {
  readonly kind: string;
  /** The last day, `2026-11-26`; null while that year's calendar is missing. */
  readonly due: string | null;
  /** The day may move when that year's holidays are published. */
  readonly provisional: boolean;
  readonly done: boolean;
}

/** The case as a service of any age sends it: what it does not know yet is not there. */
export type Case = AccidentView & Partial<AfterFinding> & { readonly orders?: readonly OrderView[]; readonly deadlines?: readonly Term[] };

/* The damage */

/** The assessment that counts for one vehicle: a supplement takes the place of what it supplements. */
export function assessmentOf(view: AccidentView, partyId: string | null): AssessmentView | null {
  return view.assessments.find((one) => one.party_id === partyId && one.latest) ?? null;
}

/**
 * The 定损单 that waits for my word: the own vehicle's first, then one that I pay for myself. Before the decision the
 * figure may still be talked over on the call, so nobody is taken away from it.
 */
export function openAssessment(view: AccidentView): AssessmentView | null {
  const wanted = view.assessments.filter((one) => one.latest && one.may.accept);
  return wanted.find((one) => one.party_id === view.me.party_id) ?? wanted[0] ?? null;
}

/** My last word on it; silence is none. */
export function myAnswer(view: AccidentView, assessment: AssessmentView) {
  const mine = assessment.answers.filter((one) => one.party_id !== null && one.party_id === view.me.party_id);
  return mine.filter((one) => one.answer !== "silent").at(-1) ?? null;
}

/* 调解 */

/**
 * How far the mediation has come, seen from this phone. It takes everybody's request, and art. 26 bars it; a no of
 * one's own may be taken back as long as the case is settling.
 */
export type Mediating =
  | "closed"
  | "ask"
  | "waiting"
  | "i-declined"
  | "they-declined"
  | "barred"
  | "joint"
  | "to-sign"
  | "signing"
  | "agreed"
  | "failed";

export function mediationOf(view: Case | null): MediationView | null {
  return view?.mediation ?? null;
}

export function mediating(view: Case): Mediating {
  const mediation = mediationOf(view);
  if (mediation === null) return "closed";
  if (mediation.ending?.ending === "agreed") return "agreed";
  const settling = view.stage === "settling";
  if (mediation.ending?.ending === "failed") return "failed";
  if (!settling || view.parties.length < 2) return "closed";
  if (barOf(view) !== null) return "barred";
  if (mediation.proposal !== null) {
    const mine = mediation.proposal.signatures.find((one) => one.party_id === view.me.party_id);
    return mine?.state === "pending" ? "to-sign" : "signing";
  }
  const wish = (id: string | null) => mediation.wishes.find((one) => one.party_id === id)?.wanted ?? null;
  if (wish(view.me.party_id) === false) return "i-declined";
  if (view.parties.some((party) => wish(party.id) === false)) return "they-declined";
  if (wish(view.me.party_id) === null) return "ask";
  return view.parties.every((party) => wish(party.id) === true) ? "joint" : "waiting";
}

/** What stands against mediation besides somebody's no, which may be taken back. */
export function barOf(view: Case): BarKind | null {
  const bars = mediationOf(view)?.bars ?? [];
  return bars.find((bar) => bar.noted || bar.why !== "does_not_agree")?.why ?? null;
}

/** Names what is to be signed, so that new terms are read anew; null when nothing waits for my signature. */
export function mediationToSign(view: Case): string | null {
  return mediating(view) === "to-sign" ? (mediationOf(view)?.proposal?.to_sign_sha256 ?? null) : null;
}

/* Rights */

/** The term for a review (复核); null before the finding was served. Its last day is null while the calendar is missing. */
export function reviewOf(view: Case) {
  return view.deadlines?.find((one) => one.kind === "review") ?? null;
}

export function myObjection(view: Case) {
  return view.objections?.find((one) => one.party_id === view.me.party_id) ?? null;
}

/** Until the case is closed, and not over one's own signature under a result. */
export function mayObject(view: Case): boolean {
  const open = view.stage === "signing" || view.stage === "settling";
  return open && myObjection(view) === null && mediationOf(view)?.ending?.ending !== "agreed";
}

/** 代位求偿 as it concerns me: not at all, to choose, chosen. */
export function subrogationOf(view: Case): "none" | "offered" | "chosen" {
  const me = view.me.party_id ?? "";
  if (view.subrogation?.chosen.includes(me)) return "chosen";
  return view.subrogation?.offered_to.includes(me) && view.stage === "settling" ? "offered" : "none";
}

/* The money */

/** Orders that pay me, or ask me for something back, and still count. */
export function ordersForMe(view: Case, label: string): OrderView[] {
  return (view.orders ?? []).filter((one) => one.payee === label && one.state !== "replaced");
}

/** From the report until the last insurer had paid me, in minutes; null while something is still due. */
export function minutesToPaid(view: Case, label: string): number | null {
  const orders = ordersForMe(view, label).filter((one) => one.direction === "pay");
  const paid = orders.flatMap((one) => (one.paid === null ? [] : [one.paid.paid_at])).sort();
  if (paid.length === 0 || paid.length < orders.length) return null;
  return minutesBetween(view.reported_at, paid.at(-1) ?? "");
}

export interface Changed {
  readonly at: string;
  /** Labels of the vehicles whose newer figure made the plan change; none: something else did. */
  readonly because: readonly string[];
  readonly before_fen: number;
  readonly after_fen: number;
  readonly pays_before_fen: number;
  readonly pays_after_fen: number;
}

/** The last time the plan was made again, as it concerns me, and which figures did it. */
export function lastChange(view: AccidentView, label: string): Changed | null {
  const last: PlanChange | undefined = view.plan_changes.at(-1);
  if (last === undefined) return null;
  const before = view.plan_changes.at(-2)?.made_at ?? "";
  const figures = view.assessments.filter(
    (one) => one.bound_at !== null && one.bound_at <= last.made_at && one.bound_at > before && one.supplements !== null,
  );
  const mine = last.parties.find((one) => one.label === label);
  return {
    at: last.made_at,
    because: [...new Set(figures.map((one) => one.label))],
    before_fen: mine?.receives_before_fen ?? 0,
    after_fen: mine?.receives_after_fen ?? 0,
    pays_before_fen: mine?.pays_before_fen ?? 0,
    pays_after_fen: mine?.pays_after_fen ?? 0,
  };
}
