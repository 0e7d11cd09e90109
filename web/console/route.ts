/** Where in the console one is, as it stands in the address bar after `#`. */
export type Place =
  | { readonly at: "queue" }
  | { readonly at: "case"; readonly id: string }
  /** One month, or the newest. */
  | { readonly at: "clearing"; readonly month: string | null }
  | { readonly at: "archive"; readonly list: ArchiveListName };

export type ArchiveListName = "due" | "proposals" | "holds" | "reviews" | "destroyed";

const LISTS: readonly ArchiveListName[] = ["due", "proposals", "holds", "reviews", "destroyed"];

export function placeOf(hash: string): Place {
  const clearing = /^#\/clearing(?:\/(\d{4}-\d{2}))?$/.exec(hash);
  if (clearing) return { at: "clearing", month: clearing[1] ?? null };
  const archive = /^#\/archive(?:\/([a-z]+))?$/.exec(hash);
  if (archive) return { at: "archive", list: LISTS.find((list) => list === archive[1]) ?? "due" };
  const match = /^#\/cases\/([0-9a-f-]{36})$/i.exec(hash);
  return match?.[1] ? { at: "case", id: match[1] } : { at: "queue" };
}

export function hashOf(place: Place): string {
  if (place.at === "clearing") return place.month === null ? "#/clearing" : `#/clearing/${place.month}`;
  if (place.at === "archive") return `#/archive/${place.list}`;
  return place.at === "case" ? `#/cases/${place.id}` : "#/";
}
