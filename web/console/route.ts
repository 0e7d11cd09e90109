/** Where in the console one is, as it stands in the address bar after `#`. */
export type Place = { readonly at: "queue" } | { readonly at: "case"; readonly id: string };

export function placeOf(hash: string): Place {
  const match = /^#\/cases\/([0-9a-f-]{36})$/i.exec(hash);
  return match?.[1] ? { at: "case", id: match[1] } : { at: "queue" };
}

export function hashOf(place: Place): string {
  return place.at === "case" ? `#/cases/${place.id}` : "#/";
}
