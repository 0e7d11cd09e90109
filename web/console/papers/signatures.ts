/** Signatures in the files of a case, in words: whose, on what, how they stand. Pure. */
import type { Circumstances, SignatureEvent, SignatureRecord } from "../../shared/contract-papers";

export const PAPER: Record<SignatureRecord["on"], string> = { finding: "认定书", mediation: "调解结果" };

export const STATE: Record<SignatureRecord["state"], { word: string; kind: string }> = {
  pending: { word: "待签名", kind: "d-badge--warn" },
  signed: { word: "已签名", kind: "d-badge--ok" },
  refused: { word: "拒绝", kind: "d-badge--danger" },
};

/** How a place stands: a signature that was taken back counts no more, whatever it says. */
export function stateOf(record: SignatureRecord): { word: string; kind: string } {
  return record.events.some(({ revoked_at }) => revoked_at !== null) ? { word: "已撤销", kind: "d-badge--danger" } : STATE[record.state];
}

/** Who signed in a place of the page, by its name. */
export function placeOf(field: string): string {
  if (field === "unit") return "单位印章";
  return field === "officer" ? "民警" : field;
}

export function placeWords(at: NonNullable<Circumstances["position"]>): string {
  return `${at.latitude.toFixed(5)}，${at.longitude.toFixed(5)}（误差 ${Math.round(at.accuracy_m)} 米）`;
}

/** The signature that may still be taken back: the last that counts. */
export function revocable(events: readonly SignatureEvent[]): SignatureEvent | null {
  return events.filter(({ revoked_at }) => revoked_at === null).at(-1) ?? null;
}
