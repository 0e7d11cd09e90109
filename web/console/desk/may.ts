/**
 * What this officer may do now, and if not, why not.
 *
 * The server decides; this is the same rule told early, so that a button that
 * would be refused is not offered. Pure: a view and an officer in, answers out.
 */
import type { AccidentView, Stage } from "../../shared/contract";
import { STAGE } from "../../shared/words";

export type Deed =
  | "claim" | "release" | "write" | "evacuate" | "still" | "decide" | "issue" | "assess"
  | "appraise" | "reissue" | "mediate" | "invite" | "accept" | "refuse" | "void" | "settle" | "close" | "escalate";

export type Answer = { readonly may: true } | { readonly may: false; readonly why: string };

const YES: Answer = { may: true };
const no = (why: string): Answer => ({ may: false, why });

/** The stages in which each deed makes sense, for the officer who holds the case. */
const STAGES: Record<Exclude<Deed, "claim">, readonly Stage[]> = {
  release: ["handling", "decided"],
  write: ["handling", "decided"],
  evacuate: ["handling", "decided"],
  still: ["handling", "decided"],
  decide: ["handling", "decided"],
  issue: ["decided"],
  assess: ["handling", "decided", "signing", "settling"],
  // Hidden damage comes to light late: a supplement may follow the closing.
  appraise: ["handling", "decided", "signing", "settling", "closed"],
  // Money goes on after the case is closed.
  reissue: ["settling", "closed"],
  mediate: ["settling"],
  invite: ["handling", "decided", "signing", "settling"],
  accept: ["handling"],
  refuse: ["signing"],
  void: ["signing", "settling"],
  settle: ["settling"],
  close: ["settling"],
  escalate: ["reporting", "waiting", "handling", "decided"],
};

/** Everyone has signed or the refusal is noted: nothing waits for a party any more. */
export function allAnswered(view: AccidentView): boolean {
  const signatures = view.finding?.signatures ?? [];
  return signatures.length > 0 && signatures.every((s) => s.state !== "pending");
}

/** The last finding was voided and no new one has been issued. */
export function voided(view: AccidentView): boolean {
  const papers = view.timeline.filter(({ kind }) => kind === "finding_issued" || kind === "finding_voided");
  return papers.reduce((last, one) => (one.seq > last.seq ? one : last), papers[0] ?? { seq: 0, kind: "" }).kind === "finding_voided";
}

export function mine(view: AccidentView, officerId: string): boolean {
  return view.officer?.id === officerId;
}

export function may(deed: Deed, view: AccidentView, officerId: string): Answer {
  if (deed === "claim") {
    if (view.officer) return no(mine(view, officerId) ? "已由您受理" : `已由${view.officer.name}受理`);
    return view.stage === "waiting" ? YES : no("当事人尚未进入等候");
  }
  if (view.officer && !mine(view, officerId)) return no(`本案由${view.officer.name}办理，您可查看`);
  const unclaimedHandOver = deed === "escalate" && !view.officer;
  if (!view.officer && !unclaimedHandOver) return no("请先受理本案");
  if (!STAGES[deed].includes(view.stage)) return no(`当前阶段：${STAGE[view.stage]}`);
  return particular(deed, view);
}

function particular(deed: Deed, view: AccidentView): Answer {
  switch (deed) {
    case "evacuate":
      return view.evacuation ? no("已下达撤离指令") : YES;
    case "refuse":
      return allAnswered(view) ? no("各方均已签字或已注明") : YES;
    // The money has been told to the insurers: from here on nothing under it moves.
    case "assess":
    case "void":
    case "settle":
      return view.settlement ? no("赔付方案已经生成") : YES;
    case "close":
      return view.settlement ? YES : no("请填写各方损失并生成赔付方案");
    default:
      return YES;
  }
}
