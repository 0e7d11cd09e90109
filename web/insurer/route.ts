/** Where in the portal one is, as it stands in the address bar after `#`: a reload, and signing in again, come back to it. */
export type PageName = "todo" | "records" | "assessments" | "orders" | "statements" | "exports" | "webhooks" | "keys" | "clerks";

export interface Place {
  readonly page: PageName;
  /** The record, the assessment, the order, the endpoint that is open. */
  readonly id: string | null;
  /** What to look for there: one page hands it to another, so that nobody types it again. */
  readonly q?: string;
}

export interface Tab {
  readonly code: PageName;
  readonly label: string;
  /** Who may come here at all. */
  readonly scope: string | null;
}

export const TABS: readonly Tab[] = [
  { code: "todo", label: "待办", scope: null },
  { code: "records", label: "理算记录", scope: "settlements:read" },
  { code: "assessments", label: "定损", scope: "settlements:read" },
  { code: "orders", label: "付款单", scope: "payments:write" },
  { code: "statements", label: "对账单", scope: "settlements:read" },
  { code: "exports", label: "导出", scope: "settlements:read" },
  { code: "webhooks", label: "推送", scope: "webhooks:manage" },
  { code: "keys", label: "密钥", scope: "keys:manage" },
  { code: "clerks", label: "人员", scope: "clerks:manage" },
];

/** Tabs that fit at the bottom of a phone; the others are behind “更多”. */
export const FIRST_TABS = 4;

export function tabsFor(scopes: readonly string[]): readonly Tab[] {
  return TABS.filter(({ scope }) => scope === null || scopes.includes(scope));
}

export function placeOf(hash: string): Place {
  const [, page = "", id = null, query = ""] = /^#\/([a-z]+)(?:\/([\w-]+))?(?:\?(.*))?$/.exec(hash) ?? [];
  const tab = TABS.find(({ code }) => code === page);
  const q = new URLSearchParams(query).get("q");
  return tab === undefined ? { page: "todo", id: null } : { page: tab.code, id, ...(q === null ? {} : { q }) };
}

export function hashOf({ page, id, q }: Place): string {
  const query = q === undefined ? "" : `?${new URLSearchParams({ q })}`;
  return `#/${page}${id === null ? "" : `/${id}`}${query}`;
}
