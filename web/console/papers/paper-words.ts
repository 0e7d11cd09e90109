/** Papers around the finding, in words: what they are called, how their signatures stand, which may be issued by hand. Pure. */
import type { AccidentView } from "../../shared/contract";
import type { CasePaper, PaperKind, PaperRequest } from "../../shared/contract-papers";

export const KIND: Record<PaperKind, string> = {
  agreement: "自行协商协议书",
  assessment: "定损单",
  settlement: "赔付结果告知书",
  mediation: "调解记录",
  transfer: "移交单",
  void: "作废通知",
  review: "复核申请书",
};

/** 事故情形, as the form has them. */
export const SITUATIONS = [
  "未保持安全车距与前车追尾", "逆行", "倒车", "溜车", "开关车门", "违反交通信号灯", "未按规定让行", "停车", "变更车道与其他车辆刮擦", "其他",
] as const;

/** Parties may say only these of themselves; 主次 is for an officer to find. */
export const AGREED = [
  { code: "full", label: "全部责任" },
  { code: "none", label: "无责任" },
  { code: "equal", label: "同等责任" },
] as const;

export type AgreedLiability = (typeof AGREED)[number]["code"];

export function signedWord(paper: Pick<CasePaper, "signatures" | "replaced">): { word: string; kind: string } {
  if (paper.replaced) return { word: "已有新的一份", kind: "" };
  const all = paper.signatures;
  if (all.length === 0) return { word: "不需签名", kind: "" };
  const done = all.filter(({ state }) => state !== "pending").length;
  const refused = all.some(({ state }) => state === "refused");
  if (done < all.length) return { word: `待签名 ${done}/${all.length}`, kind: "d-badge--warn" };
  return refused ? { word: "有人拒签", kind: "d-badge--danger" } : { word: "已签名", kind: "d-badge--ok" };
}

/** Issued by hand: the others come by themselves. */
export function issuable(view: AccidentView, officerId: string): PaperKind[] {
  if (view.officer?.id !== officerId) return [];
  const open = ["handling", "decided", "signing", "settling"].includes(view.stage);
  const mediated = (view.mediation?.wishes.length ?? 0) > 0;
  return [...(open && view.parties.length > 1 ? (["agreement"] as const) : []), ...(mediated ? (["mediation"] as const) : [])];
}

export interface Told {
  readonly party_id: string;
  liability: AgreedLiability | "";
  situation: string;
}

/** The request for an agreement, or what is still missing. */
export function agreementOf(told: readonly Told[], terms: string): { request: PaperRequest } | { why: string } {
  if (told.some(({ liability }) => liability === "")) return { why: "请选择每一方的责任" };
  if (terms.trim() === "") return { why: "请写明赔偿约定" };
  const parties = told.map(({ party_id, liability, situation }) => ({
    party_id,
    liability: liability as AgreedLiability,
    ...(situation === "" ? {} : { situation }),
  }));
  return { request: { kind: "agreement", agreed: { parties, terms: terms.trim() } } };
}
