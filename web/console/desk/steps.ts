/**
 * The way of a case as the officer sees it, eight steps from report to closing.
 * Read off the view alone; it never runs ahead of what the server has confirmed.
 */
import type { AccidentView } from "../../shared/contract";
import { allAnswered } from "./may";

export interface Step {
  readonly name: string;
  readonly state: "done" | "now" | "next";
  /** What is still open, in a few words. */
  readonly note: string;
}

export function steps(view: AccidentView): readonly Step[] {
  const done = view.stage === "closed";
  const rows: readonly [string, boolean, string][] = [
    ["报案", view.stage !== "reporting", missing(view)],
    ["受理", view.officer !== null, view.officer ? `${view.officer.name}办理` : ""],
    ["取证", view.evidence.length > 0, view.evidence.length > 0 ? `${view.evidence.length} 件` : "尚无照片"],
    ["撤离", view.evacuation !== null, evacuation(view)],
    ["认定", decided(view), view.decision ? (decided(view) ? "已作出" : "待重新认定") : ""],
    ["文书", view.finding !== null, view.finding ? "已签发" : ""],
    ["签字", allAnswered(view), signatures(view)],
    ["理算", view.settlement !== null, view.settlement ? "已生成" : ""],
    ["结案", done, ""],
  ];
  let reached = false;
  return rows.map(([name, finished, note]) => {
    if (finished) return { name, state: "done", note };
    // Evacuation and evidence may be skipped: they do not hold the marker back.
    const skippable = name === "撤离" || name === "取证";
    const passed = skippable && view.decision !== null;
    // A case that went to the field waits for no step here.
    if (reached || passed || view.stage === "escalated") return { name, state: "next", note };
    reached = true;
    return { name, state: "now", note };
  });
}

/** A voided finding takes its decision back: what was decided still stands on the desk, but has to be decided again. */
function decided(view: AccidentView): boolean {
  return view.decision !== null && view.stage !== "handling";
}

function missing(view: AccidentView): string {
  return view.stage === "reporting" && view.missing_for_queue.length > 0 ? `还缺 ${view.missing_for_queue.length} 项` : "";
}

function evacuation(view: AccidentView): string {
  if (!view.evacuation) return "";
  return `${view.evacuation.acknowledged.length}/${view.parties.length} 已确认`;
}

function signatures(view: AccidentView): string {
  const all = view.finding?.signatures ?? [];
  if (all.length === 0) return "";
  return `${all.filter((s) => s.state !== "pending").length}/${all.length}`;
}
