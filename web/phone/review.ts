/**
 * 申请复核 as it concerns this phone: whether it may be asked for, how far it has come, and what is still missing in what
 * was written. Pure, like `after.ts`; the service judges again.
 */
import type { ReviewStanding as Review, ReviewApplication } from "../shared/contract-archive";
import type { Case } from "./after";

export function filedReview(view: Case): Review | null {
  return view.review?.standing ?? null;
}

/** How far it has come: nobody asked, mine or another's is under way, or it is over. */
export type ReviewStands = "none" | "requested" | "forwarded" | "decided" | "withdrawn";

export function reviewStands(review: Review | null): ReviewStands {
  if (review === null) return "none";
  if (review.outcome !== null) return review.outcome.ended;
  return review.forwarded === null ? "requested" : "forwarded";
}

export const isMine = (view: Case, review: Review | null): boolean => review !== null && review.party_id === view.me.party_id;

/** From the service of the finding to the last day, once per accident: the service knows. */
export function mayApply(view: Case): boolean {
  return view.review?.open === true && (view.stage === "settling" || view.stage === "closed");
}

export function mayWithdraw(view: Case): boolean {
  const review = filedReview(view);
  return isMine(view, review) && review?.under_way === true;
}

export const CHARS_MAX = { request: 500, reasons: 2_000, evidence_text: 1_000 } as const;

/** One thing per page. */
export const PAGES = ["request", "reasons", "evidence", "check"] as const;
export type ReviewPage = (typeof PAGES)[number];

/** What is missing on this page, or null. */
export function pageProblem(page: ReviewPage, draft: ReviewApplication): string | null {
  switch (page) {
    case "request":
      return draft.request.trim() === "" ? "请写明您要求什么。" : null;
    case "reasons":
      return draft.reasons.trim() === "" ? "请写明理由。" : null;
    case "evidence":
      return draft.evidence.length === 0 && draft.evidence_text.trim() === "" ? "请选择照片，或者写明有什么证据。" : null;
    case "check":
      return null;
  }
}

/** As it is sent: without blanks around what was typed. */
export function tidied(draft: ReviewApplication): ReviewApplication {
  return { ...draft, request: draft.request.trim(), reasons: draft.reasons.trim(), evidence_text: draft.evidence_text.trim() };
}
