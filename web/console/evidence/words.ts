/** What a piece of evidence is called. */
import type { EvidenceView, PartyView } from "../../shared/contract";

const SHOT: Record<string, string> = {
  overview: "全景", impact: "碰撞部位", plate: "号牌", damage: "损失", licence: "证件", other: "其他",
};
const KIND: Record<EvidenceView["kind"], string> = { photo: "照片", still: "视频取证", recording: "录像" };

export function nameOf(item: EvidenceView): string {
  const shot = item.shot ? (SHOT[item.shot] ?? item.shot) : "";
  return [KIND[item.kind], shot === SHOT["other"] ? "" : shot].filter(Boolean).join(" · ");
}

/** For a small picture: what is on it, without saying that it is a photo. */
export function captionOf(item: EvidenceView): string {
  return item.kind === "photo" && item.shot ? (SHOT[item.shot] ?? item.shot) : KIND[item.kind];
}

/** Whose it is. What no party sent comes from the officer's own camera. */
export function whoseOf(item: EvidenceView, parties: readonly PartyView[]): string {
  const party = parties.find((one) => one.id === item.party_id);
  return party ? `${party.label}方` : "民警";
}

/** Newest first. */
export function newestFirst(items: readonly EvidenceView[]): EvidenceView[] {
  return [...items].sort((a, b) => b.received_at.localeCompare(a.received_at));
}

export function sizeOf(bytes: number): string {
  return bytes >= 1_048_576 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;
}
