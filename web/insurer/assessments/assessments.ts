/** Assessments as a claims clerk sorts them: what waits for an answer first, by how little time is left. */
import type { AssessmentRecord } from "../../shared/contract-assessment";

export type Filter = "mine" | "awaiting" | "objected" | "binding" | "all";

export const FILTERS: readonly { code: Filter; label: string }[] = [
  { code: "mine", label: "待我公司答复" },
  { code: "awaiting", label: "待核定" },
  { code: "objected", label: "有异议、联合定损" },
  { code: "binding", label: "已生效" },
  { code: "all", label: "全部" },
];

export const STATE = { awaiting: "待核定", objected: "有异议", joint: "联合定损", binding: "已生效" } as const;
export const STATE_KIND = { awaiting: "warn", objected: "danger", joint: "danger", binding: "ok" } as const;
export const BASIS = { mutual_trust: "互信，自动生效", accepted: "各方认可", silence: "期满未提异议", joint: "联合定损" } as const;
export const OPERATION = { replace: "更换", repair: "维修", paint: "喷漆", refit: "拆装" } as const;
export const ANSWER = { accepted: "认可", objected: "有异议", silent: "期满未答复" } as const;

export function matching(all: readonly AssessmentRecord[], filter: Filter): readonly AssessmentRecord[] {
  const wanted = (one: AssessmentRecord): boolean => {
    switch (filter) {
      case "mine":
        return one.must_answer_own;
      case "objected":
        return one.state === "objected" || one.state === "joint";
      case "all":
        return true;
      default:
        return one.state === filter;
    }
  };
  return all.filter(wanted).sort(byUrgency);
}

/** Those with a window first, the shortest before all; the others newest first. */
function byUrgency(a: AssessmentRecord, b: AssessmentRecord): number {
  if (a.until !== null && b.until !== null) return a.until.localeCompare(b.until);
  if (a.until !== null || b.until !== null) return a.until !== null ? -1 : 1;
  return b.proposed_at.localeCompare(a.proposed_at);
}

/** The party whose vehicle it is. */
export function vehicleOf(one: AssessmentRecord) {
  return one.parties.find((party) => party.label === one.party) ?? null;
}

export function titleOf(one: AssessmentRecord): string {
  return vehicleOf(one)?.plate ?? `${one.party}方`;
}
