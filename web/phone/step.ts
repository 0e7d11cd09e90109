/**
 * Which screen the phone shows: a pure function of what the service knows and the little this phone remembers.
 *
 * Reopening the link, a reload or a change of phone therefore always leads to the right place. Nothing here fetches or
 * draws; a screen never decides where to go next, it changes a fact and asks again.
 */
import type { AccidentView, ConsentKind, LinkView, PartyView, Stage } from "../shared/contract";
import { mediating, mediationToSign, openAssessment } from "./after";
import { nextQuestion, stopOf, type Answers } from "./triage";

export type Screen =
  | "loading"
  | "dead-link"
  | "resume"
  | "triage"
  | "stop"
  | "safety"
  | "phone"
  | "code"
  | "consents"
  | "place"
  | "photos"
  | "party"
  | "invite"
  | "ready"
  | "late-report"
  | "waiting"
  | "call"
  | "read"
  | "self-pay"
  | "sign"
  | "signed"
  | "assessment"
  | "mediation"
  | "mediation-read"
  | "mediation-sign"
  | "objection"
  | "review"
  | "papers"
  | "paper"
  | "subrogation"
  | "settlement"
  | "escalated"
  | "guest";

/** Screens the driver may open on top of where the case stands. */
export type Detour = "place" | "photos" | "party" | "invite" | "assessment" | "objection" | "review" | "papers" | "paper" | "subrogation";

const CORRECTIONS: readonly Stage[] = ["reporting", "waiting", "handling"];

const WITH_PAPERS: readonly Stage[] = ["handling", "decided", "signing", "settling", "closed"];

/** The stages in which each of them makes sense. */
const DETOURS: Record<Detour, readonly Stage[]> = {
  place: CORRECTIONS,
  photos: CORRECTIONS,
  party: CORRECTIONS,
  invite: CORRECTIONS,
  assessment: ["handling", "decided", "signing", "settling", "closed"],
  objection: ["signing", "settling", "closed"],
  review: ["settling", "closed"],
  papers: WITH_PAPERS,
  paper: WITH_PAPERS,
  subrogation: ["settling"],
};

/** What this phone remembers of its own. None of it is personal data. */
export interface Local {
  readonly answers: Answers;
  /** The driver saw what to do instead and hands the case over. */
  readonly handOver: boolean;
  readonly safetySeen: boolean;
  readonly photosDone: boolean;
  readonly inviteDone: boolean;
  /** Number of the finding that this driver has read to the end. */
  readonly readFinding: string | null;
  /** What this driver has read of the mediation's result, as `mediationToSign` names it. */
  readonly readMediation: string | null;
  /** Number of the last finding this phone has shown: so that its being voided can be told. */
  readonly shownFinding: string | null;
}

export const FRESH: Local = {
  answers: {},
  handOver: false,
  safetySeen: false,
  photosDone: false,
  inviteDone: false,
  readFinding: null,
  readMediation: null,
  shownFinding: null,
};

export type Entry =
  | { readonly kind: "starting" }
  /** The general link: nobody is known yet. */
  | { readonly kind: "new" }
  /** The general link, but this browser still has a case. */
  | { readonly kind: "old-case" }
  | { readonly kind: "dead"; readonly why: string }
  | { readonly kind: "link"; readonly link: LinkView; readonly codeSentTo: string | null }
  | { readonly kind: "guest" }
  | { readonly kind: "in" };

export interface Situation {
  readonly entry: Entry;
  readonly view: AccidentView | null;
  readonly local: Local;
  readonly detour: Detour | null;
}

export function screenOf({ entry, view, local, detour }: Situation): Screen {
  switch (entry.kind) {
    case "starting":
      return "loading";
    case "dead":
      return "dead-link";
    case "old-case":
      return "resume";
    case "guest":
      return "guest";
    case "new":
      return beforeSession(local);
    case "link":
      return entry.codeSentTo === null ? "phone" : "code";
    case "in":
      return view === null ? "loading" : (detourOf(view, detour) ?? inCase(view, local));
  }
}

function beforeSession(local: Local): Screen {
  return triageScreen(local) ?? "phone";
}

/** People first: the hurt, then everybody's safety, then the other questions. */
function triageScreen(local: Local): Screen | null {
  if (stopOf(local.answers) !== null) return local.handOver ? null : "stop";
  const next = nextQuestion(local.answers);
  if (next === "injury") return "triage";
  if (!local.safetySeen) return "safety";
  return next === null ? null : "triage";
}

function detourOf(view: AccidentView, detour: Detour | null): Screen | null {
  if (detour === null) return null;
  return DETOURS[detour].includes(view.stage) ? detour : null;
}

function inCase(view: AccidentView, local: Local): Screen {
  switch (view.stage) {
    case "escalated":
    // Nobody's phone sees a destroyed case: its link is gone.
    case "destroyed":
      return "escalated";
    case "reporting":
    case "waiting":
      return reporting(view, local);
    case "handling":
    case "decided":
      return missingConsents(view).length > 0 ? "consents" : "call";
    case "signing":
      return signing(view, local);
    case "settling":
    case "closed":
      return afterFinding(view, local) ?? "settlement";
  }
}

/** What is still asked of this driver once the own signature stands: the damage, then whether to mediate, then its result. */
function afterFinding(view: AccidentView, local: Local): Screen | null {
  if (openAssessment(view) !== null) return "assessment";
  const result = mediationToSign(view);
  if (result !== null) return local.readMediation === result ? "mediation-sign" : "mediation-read";
  return mediating(view) === "ask" ? "mediation" : null;
}

function reporting(view: AccidentView, local: Local): Screen {
  const me = myParty(view);
  if (view.triage === null) return triageScreen(local) ?? "loading";
  if (me === null) return "loading";
  if (missingConsents(view).length > 0) return "consents";
  if (view.scene?.place == null) return "place";
  if (view.stage === "reporting" && !local.photosDone) return "photos";
  if (!me.complete) return "party";
  if (view.stage === "waiting") return "waiting";
  if (isReporter(view) && !local.inviteDone) return "invite";
  return view.triage.outcome === "late_report" && view.late_report === null ? "late-report" : "ready";
}

function signing(view: AccidentView, local: Local): Screen {
  const mine = mySignature(view);
  if (view.finding === null || mine === null || mine.state === "refused") return afterFinding(view, local) ?? "signed";
  // Losses may be known only after the first signatures: the question then comes late, but it comes.
  if (mine.state === "signed") return selfPayOpen(view) ? "self-pay" : (afterFinding(view, local) ?? "signed");
  if (local.readFinding !== findingKey(view)) return "read";
  return selfPayOpen(view) ? "self-pay" : "sign";
}

/** Names the finding, not its revision: another party's signature makes a new revision of the same text. */
export function findingKey(view: AccidentView): string | null {
  return view.finding?.number ?? null;
}

/** The finding this driver saw was withdrawn, and the next is not there yet. */
export function awaitsNewFinding(view: AccidentView, local: Local): boolean {
  return (view.stage === "handling" || view.stage === "decided") && local.shownFinding !== null;
}

/** True while the eligible self-pay question has no answer from me. */
export function selfPayOpen(view: AccidentView): boolean {
  return view.self_pay?.eligible === true && answered(myParty(view), "self_pay") === null;
}

export function myParty(view: AccidentView): PartyView | null {
  return view.parties.find((party) => party.id === view.me.party_id) ?? null;
}

export function mySignature(view: AccidentView) {
  return view.finding?.signatures.find((signature) => signature.party_id === view.me.party_id) ?? null;
}

/** The first party reported the accident and invites the others. */
export function isReporter(view: AccidentView): boolean {
  return view.parties[0]?.id === view.me.party_id;
}

/** The last answer a party gave to a consent; null: not asked yet. */
export function answered(party: PartyView | null, kind: ConsentKind): boolean | null {
  const given = party?.consents.filter((consent) => consent.kind === kind) ?? [];
  return given[given.length - 1]?.agreed ?? null;
}

/** Consents this driver still owes before the case can go on. */
export function missingConsents(view: AccidentView): ConsentKind[] {
  const wanted: ConsentKind[] = ["remote_handling", "electronic_service"];
  if (view.triage?.outcome === "slight_injury") wanted.push("slight_injury");
  const me = myParty(view);
  return me === null ? [] : wanted.filter((kind) => answered(me, kind) === null);
}

/** Still requests this phone has to answer. */
export function stillsForMe(view: AccidentView): string[] {
  return view.still_requests.filter((request) => request.party_id === view.me.party_id).map((request) => request.id);
}

/** The order to leave was given and I have not confirmed it. */
export function mustLeave(view: AccidentView): boolean {
  const me = view.me.party_id;
  return view.evacuation !== null && me !== null && !view.evacuation.acknowledged.includes(me);
}

/** The bar at the top: seven stretches of the way. */
export const STRETCHES = ["安全", "登记", "现场", "信息", "排队", "民警", "签字"] as const;

export function stretchOf(screen: Screen): number | null {
  switch (screen) {
    case "triage":
    case "safety":
      return 0;
    case "phone":
    case "code":
    case "consents":
      return 1;
    case "place":
    case "photos":
      return 2;
    case "party":
    case "invite":
      return 3;
    case "ready":
    case "late-report":
    case "waiting":
      return 4;
    case "call":
      return 5;
    case "read":
    case "self-pay":
    case "sign":
    case "signed":
    case "mediation-read":
    case "mediation-sign":
      return 6;
    case "loading":
    case "dead-link":
    case "resume":
    case "stop":
    case "assessment":
    case "mediation":
    case "objection":
    case "review":
    case "papers":
    case "paper":
    case "subrogation":
    case "settlement":
    case "escalated":
    case "guest":
      return null;
  }
}
