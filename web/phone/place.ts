/** The place in words: how road, kilometre post, landmark and direction become one line for the officer and the finding. */
export interface PlaceWords {
  road: string;
  kilometre: string;
  landmark: string;
  direction: string;
}

/** "G60 国道 K123+500 永兴加油站东侧，由东向西" */
export function placeText({ road, kilometre, landmark, direction }: PlaceWords): string {
  const parts = [road.trim(), kilometrePost(kilometre), landmark.trim()].filter((part) => part !== "");
  const line = parts.join(" ");
  return direction.trim() === "" ? line : `${line}，${direction.trim()}`;
}

/** "123.5" or "K123+500" → "K123+500"; anything else stays as typed. */
export function kilometrePost(text: string): string {
  const clean = text.trim().toUpperCase().replace(/^K/, "");
  const match = /^(\d{1,4})(?:\+(\d{1,3})|\.(\d{1,3}))?$/.exec(clean);
  if (match === null) return text.trim();
  const metres = match[2] ?? (match[3] ?? "").padEnd(3, "0");
  return `K${match[1]}+${metres.padStart(3, "0")}`;
}

export const DIRECTIONS = ["由东向西", "由西向东", "由南向北", "由北向南"] as const;
