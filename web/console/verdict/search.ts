/**
 * Finding a situation in the catalogue: by number, by words, by the article it rests on.
 * Every word typed must occur somewhere; a code typed in full comes first.
 */
import type { Situation } from "../../shared/contract";

/** Offered before anything is typed: what a remote desk sees most. */
export const COMMON: readonly string[] = ["101", "302", "316", "319", "318", "103", "105", "201"];

/** A list longer than the eye takes in at once is no answer. */
const SHOWN_MAX = 12;

function plain(text: string): string {
  return text.toLowerCase().replace(/[\s《》、,，()（）第条款项]/g, "");
}

export function search(situations: readonly Situation[], typed: string): readonly Situation[] {
  const words = typed.trim().split(/\s+/).map(plain).filter(Boolean);
  if (words.length === 0) {
    return COMMON.flatMap((code) => situations.filter((s) => s.code === code));
  }
  const hits = situations.filter((s) => {
    const hay = [s.code, s.label, s.form, ...s.statutes].map(plain).join("|");
    return words.every((word) => hay.includes(word));
  });
  const weight = (s: Situation): number =>
    s.code === words[0] ? 0 : s.code.startsWith(words[0] ?? "") ? 1 : plain(s.label).includes(words[0] ?? "") ? 2 : 3;
  return hits.sort((a, b) => weight(a) - weight(b)).slice(0, SHOWN_MAX);
}
