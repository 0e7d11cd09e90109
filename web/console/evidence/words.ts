/** What a piece of evidence is called. */
import type { EvidenceView } from "../../shared/contract";

const SHOT: Record<string, string> = {
  overview: "全景", impact: "碰撞部位", plate: "号牌", damage: "损失", licence: "证件", other: "其他",
};
const KIND: Record<EvidenceView["kind"], string> = { photo: "照片", still: "视频取证", recording: "录像" };

export function nameOf(item: EvidenceView): string {
  const shot = item.shot ? (SHOT[item.shot] ?? item.shot) : "";
  return [KIND[item.kind], shot].filter(Boolean).join(" · ");
}

export function sizeOf(bytes: number): string {
  return bytes >= 1_048_576 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;
}
