/** Where in the console one is, as it stands in the address bar after `#`. */
export type Place =
  | { readonly at: "queue" }
  | { readonly at: "case"; readonly id: string }
  /** One month, or the newest. */
  | { readonly at: "clearing"; readonly month: string | null };

export function placeOf(hash: string): Place {
  const clearing = /^#\/clearing(?:\/(\d{4}-\d{2}))?$/.exec(hash);
  if (clearing) return { at: "clearing", month: clearing[1] ?? null };
  const match = /^#\/cases\/([0-9a-f-]{36})$/i.exec(hash);
  return match?.[1] ? { at: "case", id: match[1] } : { at: "queue" };
}

export function hashOf(place: Place): string {
  if (place.at === "clearing") return place.month === null ? "#/clearing" : `#/clearing/${place.month}`;
  return place.at === "case" ? `#/cases/${place.id}` : "#/";
}
