/** How a case is closed: which code follows from what happened and why, and what the chosen one still needs. */
import type { AccidentView, Code } from "../../shared/contract";
import { yuan } from "../../shared/words";
import { BAR } from "../mediation/stands";

export interface Choice {
  readonly closing: Code | null;
  readonly mediation: Code | null;
  readonly note: string;
}

/** As it travels: official codes are text, as in the catalogue. */
export interface ClosingBody {
  readonly closing_code: Code;
  readonly mediation_code?: Code;
  readonly note?: string;
}

const MEDIATED: Code = "1";
const DECLINED: Code = "2";
const REFUSED: Code = "4";
/** 自行协商: nobody needed the police to mediate. */
const AMONG_THEMSELVES: Code = "1";
/** 行政调解: by the police themselves, with the result on the finding. */
const BY_POLICE: Code = "3";

export interface Suggestion extends Choice {
  /** Why this code, in a sentence. */
  readonly why: string;
}

const UNDECIDED: Choice = { closing: null, mediation: null, note: "" };

/** Which code is true of what happened. A proposal; the officer chooses. */
export function suggested(view: AccidentView): Suggestion {
  const { mediation } = view;
  const by = (closing: Code, why: string): Suggestion => ({ closing, mediation: null, note: "", why });
  if (mediation?.ending?.ending === "agreed") return { closing: MEDIATED, mediation: BY_POLICE, note: "", why: "各方已签署调解结果。" };
  const refused = (view.finding?.signatures ?? []).find((s) => s.state === "refused");
  if (refused) return by(REFUSED, `${labelOf(view, refused.party_id)}拒绝在认定书上签名。`);
  // The gravest first: 4 before 3 before 2.
  const bar = [...(mediation?.bars ?? [])].sort((a, b) => b.closing_code.localeCompare(a.closing_code))[0];
  if (bar) return by(bar.closing_code, `${labelOf(view, bar.party_id)}${BAR[bar.why]}。`);
  if (mediation?.ending) return by(DECLINED, "调解没有达成。");
  if (mediation?.proposal) return { ...UNDECIDED, why: "调解结果正在等各方签名，还不能选择结案方式。" };
  if (mediation?.open) return { ...UNDECIDED, why: "各方都申请调解，请先提出调解结果或结束调解。" };
  return { closing: MEDIATED, mediation: AMONG_THEMSELVES, note: settledNote(view), why: "各方已签字，没有共同申请调解。" };
}

/** What 自行协商 came to: the finding and the plan stand, and nobody asked for more. */
function settledNote(view: AccidentView): string {
  const plan = view.settlement;
  if (!plan) return "";
  return `各方对认定无异议，按理算结果履行：损失共 ${yuan(plan.losses_fen)} 元，赔付 ${yuan(plan.paid_fen)} 元。`;
}

function labelOf(view: AccidentView, partyId: string): string {
  const party = view.parties.find((one) => one.id === partyId);
  return party ? `${party.label}方` : "有一方";
}

export function needsMediation(choice: Choice): boolean {
  return choice.closing === MEDIATED;
}

/** The request without the version, or why it cannot be sent yet. */
export function closingBody(choice: Choice): { body: ClosingBody } | { why: string } {
  if (choice.closing === null) return { why: "请选择结案方式" };
  const note = choice.note.trim();
  const noted = note === "" ? {} : { note };
  if (!needsMediation(choice)) return { body: { closing_code: choice.closing, ...noted } };
  if (choice.mediation === null) return { why: "调解结案须选择调解方式" };
  // The agreement on the finding speaks for itself; any other result has to be said.
  if (choice.mediation !== BY_POLICE && note === "") return { why: "请在备注中写明协商或调解的结果" };
  return { body: { closing_code: choice.closing, mediation_code: choice.mediation, ...noted } };
}
