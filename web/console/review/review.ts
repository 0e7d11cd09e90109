/** 复核 on the desk: how far it has come in a word, what may be done with it now, and what a form still lacks. Pure. */
import type { AccidentView } from "../../shared/contract";
import type { Deadline, DeadlineKind } from "../../shared/contract-deadlines";
import type { ReviewConclusion, ReviewStanding as Review } from "../../shared/contract-archive";

export type ReviewOutcome = ReviewConclusion["outcome"];

export const OUTCOME: Record<ReviewOutcome, string> = { upheld: "维持原认定", redo: "责令重新认定", terminated: "终止复核" };

export const FILED: Record<Review["filed"], string> = { here: "向本单位提交", above: "向上一级提交" };

export interface Standing {
  readonly word: string;
  readonly kind: string;
}

export function standing(review: Review | null): Standing {
  if (review === null) return { word: "", kind: "" };
  if (review.outcome?.ended === "withdrawn") return { word: "已撤回", kind: "" };
  if (review.outcome?.ended === "decided") {
    const redo = review.outcome.conclusion.outcome === "redo";
    return { word: OUTCOME[review.outcome.conclusion.outcome], kind: redo ? "d-badge--danger" : "d-badge--ok" };
  }
  if (review.forwarded !== null) return { word: "等待结论", kind: "d-badge--info" };
  return { word: "待转送", kind: "d-badge--warn" };
}

export type ReviewDeed = "enter" | "forward" | "decide" | "withdraw";

/** What this officer may do with it: whoever holds the case, or a supervisor. */
export function reviewDeeds(view: AccidentView, officer: { id: string; role: string }): ReviewDeed[] {
  if (view.review === null) return [];
  const { open, standing: review = null } = view.review;
  // A paper application may have come in before the last day and be entered after it: the service judges by its day.
  if (review === null) return ["enter"];
  if (!review.under_way) return open ? ["enter"] : [];
  if (view.officer?.id !== officer.id && officer.role !== "supervisor") return ["withdraw"];
  return [review.forwarded === null ? "forward" : "decide", "withdraw"];
}

const TERMS: readonly DeadlineKind[] = ["review", "review_forward", "review_file", "review_decision"];

/** The terms that belong to it, in the order in which they run. */
export function reviewTerms(all: readonly Deadline[]): Deadline[] {
  return TERMS.flatMap((kind) => all.filter((one) => one.kind === kind));
}
