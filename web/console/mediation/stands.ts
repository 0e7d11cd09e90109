/** How the mediation stands, in a word and in a sentence; and which closing code it leads to. */
import type { AccidentView } from "../../shared/contract";
import type { BarKind, MediationView } from "../../shared/contract-mediation";

export const BAR: Record<BarKind, string> = {
  objects_to_finding: "对认定有异议",
  refused_to_sign: "拒绝在认定书上签名",
  does_not_agree: "不同意调解",
};

export type WishWord = "wanted" | "declined" | "unanswered";

export function wishOf(mediation: Pick<MediationView, "wishes">, partyId: string): WishWord {
  const wish = mediation.wishes.find((one) => one.party_id === partyId);
  return wish === undefined ? "unanswered" : wish.wanted ? "wanted" : "declined";
}

/** For the sheet's tab: short, and quiet while nobody asked for anything. */
export function standsAt(view: Pick<AccidentView, "mediation">): { word: string; kind: string } {
  const mediation = view.mediation;
  if (!mediation) return { word: "", kind: "" };
  if (mediation.ending) return mediation.ending.ending === "agreed" ? { word: "已达成", kind: "d-badge--ok" } : { word: "未达成", kind: "" };
  if (mediation.proposal) return { word: "待签字", kind: "d-badge--warn" };
  if (mediation.open) return { word: "各方申请", kind: "d-badge--info" };
  return mediation.wishes.some((wish) => wish.wanted) ? { word: "有人申请", kind: "d-badge--info" } : { word: "", kind: "" };
}
