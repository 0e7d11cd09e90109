/** The place in words: how road, kilometre post and landmark become one line for the officer and the finding, and back. */
export interface PlaceWords {
  road: string;
  kilometre: string;
  landmark: string;
}

/** "G60高速K123+500永兴加油站东侧": only where. The direction is a field of its own, and the finding says it itself. */
export function placeText({ road, kilometre, landmark }: PlaceWords): string {
  const [way, mark] = [road.trim(), landmark.trim()];
  // "暨阳路" and "暨阳路东一路口" name the road once.
  return (mark.startsWith(way) ? "" : way) + kilometrePost(kilometre) + mark;
}

/** The line taken apart again, for correcting it later: nothing typed before is lost. */
export function placeWords(place: { text: string; road?: string | null } | null): PlaceWords {
  if (place === null) return { road: "", kilometre: "", landmark: "" };
  const road = place.road ?? "";
  const rest = (place.text.startsWith(road) ? place.text.slice(road.length) : place.text).trim();
  const kilometre = /^K\d+\+\d{3}/.exec(rest)?.[0] ?? "";
  return { road, kilometre, landmark: rest.slice(kilometre.length).trim() };
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
