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
const DECLINED: Code = "2";
const REFUSED: Code = "4";
/** 自行协商: the parties leave it at what the insurers pay. */
const BY_THEMSELVES: Code = "1";
/** 行政调解: the police mediated, and the result is signed on the finding. */
const BY_POLICE: Code = "3";
const LEFT_TO_INSURERS = "各方对认定书没有异议，同意按赔付方案由保险公司赔付。";

/** What happened says how the case ends: an agreement, a bar, a refusal. A proposal; the officer chooses. */
export function suggested(view: AccidentView): Choice {
  const signatures = view.finding?.signatures ?? [];
  const [bar] = view.mediation?.bars ?? [];
  if (view.mediation?.ending?.ending === "agreed") return { closing: MEDIATED, mediation: BY_POLICE, note: "" };
  if (bar) return { closing: bar.closing_code, mediation: null, note: "" };
  if (signatures.some((s) => s.state === "refused")) return { closing: REFUSED, mediation: null, note: "" };
  if (view.mediation?.ending?.ending === "failed") return { closing: DECLINED, mediation: null, note: "" };
  return { closing: MEDIATED, mediation: BY_THEMSELVES, note: LEFT_TO_INSURERS };
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
  if (choice.mediation !== BY_POLICE && note === "") return { why: "请写明调解或协商的结果" };
  return { body: { closing_code: choice.closing, mediation_code: choice.mediation, ...noted } };
}
