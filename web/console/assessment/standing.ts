/** How an assessment stands, in words: whether it binds and why, and if not who must answer until when. */
import type { PartyView } from "../../shared/contract";
import type { Agreement, AssessmentAnswer, AssessmentBasis, AssessmentView, MustAnswer } from "../../shared/contract-assessment";
import { yuan } from "../../shared/words";
import { showDate } from "../form/time";

export interface Standing {
  readonly tone: "ok" | "warn" | "danger" | "info";
  readonly word: string;
  readonly sentence: string;
}

const BASIS: Record<AssessmentBasis, string> = {
  mutual_trust: "各家保险公司都是互信成员，金额在限额内，未被抽检：提出即生效。",
  accepted: "需要答复的各方都已接受。",
  silence: "答复期限已过，没有人提出异议，视为接受。",
  joint: "以联合定损的结果为准。",
};

export function standing(one: AssessmentView, parties: readonly PartyView[]): Standing {
  switch (one.state) {
    case "binding":
      return { tone: "ok", word: "已生效", sentence: one.basis ? BASIS[one.basis] : "" };
    case "awaiting":
      return { tone: "warn", word: "待答复", sentence: `${whyNotAtOnce(one)}${waitingFor(one, parties)}` };
    case "objected":
      return { tone: "danger", word: "有异议", sentence: `有人不同意这个金额。${waitingFor(one, parties)}` };
    case "joint":
      return { tone: "info", word: "待联合定损", sentence: "请与有异议的一方联合定损，再录入结果；录入后生效。" };
  }
}

/** Who must answer until when, and what silence means: an insurer's is acceptance, a party's leads to 联合定损. */
function waitingFor(one: AssessmentView, parties: readonly PartyView[]): string {
  if (one.must_answer.length === 0 || one.until === null) return "";
  const who = one.must_answer.map((answerer) => nameOf(answerer, parties)).join("、");
  const insurers = one.must_answer.some((answerer) => answerer.insurer !== null);
  const persons = one.must_answer.some((answerer) => answerer.party_id !== null);
  const silence = [insurers ? "保险公司未答复视为接受" : "", persons ? "当事人未答复转联合定损" : ""].filter(Boolean).join("，");
  return `由${who}在 ${showDate(one.until)} 前答复；逾期${silence}。`;
}

/** Why it did not bind at once. */
export function whyNotAtOnce(one: Pick<AssessmentView, "agreement" | "sampled" | "total_fen" | "must_answer">): string {
  if (one.agreement === null) return "没有适用的互信协议，";
  if (one.sampled) return "抽中复检，";
  if (one.total_fen > one.agreement.cap_fen) return `超过互信限额 ${yuan(one.agreement.cap_fen)} 元，`;
  if (one.must_answer.some((answerer) => answerer.insurer !== null)) return "不在互信协议即时生效的范围内，";
  return "";
}

/** Before it is put forward: what its figure will mean. */
export function outlook(total_fen: number, agreement: Agreement | null): { tone: "info" | "warn"; text: string } {
  if (!agreement) return { tone: "info", text: "事故当时当地没有互信协议：提出后由各赔付保险公司答复。" };
  const window = `${agreement.window_hours} 小时内可以提出异议`;
  if (total_fen > agreement.cap_fen) return { tone: "warn", text: `超过互信限额 ${yuan(agreement.cap_fen)} 元，不会立即生效：各赔付保险公司 ${window}。` };
  return { tone: "info", text: `${agreement.name}：每车 ${yuan(agreement.cap_fen)} 元以内，各赔付保险公司都是成员且未被抽检时立即生效；否则 ${window}。` };
}

/** Who must answer or answered. */
export function nameOf(who: MustAnswer | Pick<AssessmentAnswer, "insurer" | "party_id">, parties: readonly PartyView[]): string {
  if (who.insurer) return who.insurer.name;
  const party = parties.find((one) => one.id === who.party_id);
  return party ? `${party.label}方` : "当事人";
}

/** The newest assessment of a vehicle stands for it; a supplement takes the place of what it supplements. */
export function newestOf(all: readonly AssessmentView[], partyId: string): AssessmentView | null {
  return all.filter((one) => one.party_id === partyId).at(-1) ?? null;
}
