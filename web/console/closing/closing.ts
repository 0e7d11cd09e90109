/** How a case is closed: which code the signatures suggest, and what the chosen one still needs. */
import type { AccidentView, Code } from "../../shared/contract";

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
const REFUSED: Code = "4";
/** 行政调解: mediation by the police themselves, the usual one at this desk. */
const BY_POLICE: Code = "3";

/** Somebody refused: 拒绝签字. Everybody signed: 调解结案. A proposal; the officer chooses. */
export function suggested(view: AccidentView): Choice {
  const signatures = view.finding?.signatures ?? [];
  if (signatures.some((s) => s.state === "refused")) return { closing: REFUSED, mediation: null, note: "" };
  return { closing: MEDIATED, mediation: BY_POLICE, note: "" };
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
  return { body: { closing_code: choice.closing, mediation_code: choice.mediation, ...noted } };
}
