/**
 * A 定损单 while it is being written: lines, photos, a note. A value; nothing here asks or sends.
 *
 * A supplement starts from everything the earlier one had, because its total is of everything, not of what is new.
 */
import type { AssessmentItem, AssessmentRequest, AssessmentView, Operation, PriceLine } from "../../shared/contract-assessment";
import type { Keeping } from "../form/kept";

export interface Draft {
  readonly supplements: string | null;
  readonly items: readonly AssessmentItem[];
  readonly photos: readonly string[];
  readonly note: string;
}

export const EMPTY: Draft = { supplements: null, items: [], photos: [], note: "" };

export const OPERATIONS: readonly { readonly code: Operation; readonly label: string }[] = [
  { code: "replace", label: "更换" },
  { code: "repair", label: "维修" },
  { code: "paint", label: "喷漆" },
  { code: "refit", label: "拆装" },
];

export function operationWord(operation: Operation): string {
  return OPERATIONS.find((one) => one.code === operation)?.label ?? operation;
}

const QUANTITY_MAX = 99;

export function lineTotal(item: AssessmentItem): number {
  return item.quantity * item.unit_price_fen + item.labour_fen;
}

export function total(items: readonly AssessmentItem[]): number {
  return items.reduce((sum, item) => sum + lineTotal(item), 0);
}

/** The same part, done the same way, once more: one more of it, not a second line. */
export function addPrice(draft: Draft, price: PriceLine): Draft {
  const at = draft.items.findIndex((item) => item.part === price.part && item.operation === price.operation && item.unit_price_fen === price.unit_price_fen);
  const there = draft.items[at];
  if (there) return change(draft, at, { quantity: Math.min(QUANTITY_MAX, there.quantity + 1) });
  const { part, operation, unit_price_fen, labour_fen } = price;
  return { ...draft, items: [...draft.items, { part, operation, quantity: 1, unit_price_fen, labour_fen }] };
}

/** A part that is not on the list: the name as typed, the price to be filled in. */
export function addByHand(draft: Draft, part: string): Draft {
  return { ...draft, items: [...draft.items, { part: part.trim(), operation: "replace", quantity: 1, unit_price_fen: 0, labour_fen: 0 }] };
}

export function change(draft: Draft, at: number, patch: Partial<AssessmentItem>): Draft {
  return { ...draft, items: draft.items.map((item, index) => (index === at ? { ...item, ...patch } : item)) };
}

export function remove(draft: Draft, at: number): Draft {
  return { ...draft, items: draft.items.filter((_, index) => index !== at) };
}

export function togglePhoto(draft: Draft, id: string): Draft {
  const on = draft.photos.includes(id);
  return { ...draft, photos: on ? draft.photos.filter((photo) => photo !== id) : [...draft.photos, id] };
}

/** What a person typed as a count; null when it is none. */
export function readQuantity(typed: string): number | null {
  const plain = typed.trim().replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
  const count = /^\d{1,2}$/.test(plain) ? Number(plain) : 0;
  return count >= 1 && count <= QUANTITY_MAX ? count : null;
}

/** The lines as they count: the joint ones once there are some. */
export function itemsOf(assessment: AssessmentView): readonly AssessmentItem[] {
  return assessment.joint?.items ?? assessment.items;
}

export function supplementOf(assessment: AssessmentView): Draft {
  return { supplements: assessment.id, items: itemsOf(assessment).map((item) => ({ ...item })), photos: [...assessment.photos], note: "" };
}

/** Whether anything has been written that would be missed. */
export function isStarted(draft: Draft): boolean {
  return draft.supplements !== null || draft.items.length > 0 || draft.photos.length > 0 || draft.note.trim() !== "";
}

export const DRAFTS: Keeping<Draft> = {
  empty: EMPTY,
  isStarted,
  fits: (stored) => Array.isArray(stored.items) && Array.isArray(stored.photos),
};

/** What still keeps it from being put forward, in plain words; empty means: put it forward. */
export function openPoints(draft: Draft, before: AssessmentView | null): readonly string[] {
  const points: string[] = [];
  if (draft.items.length === 0) points.push("请至少添加一项");
  if (draft.items.some((item) => item.part.trim() === "")) points.push("请填写每一项的名称");
  if (draft.items.length > 0 && draft.items.some((item) => lineTotal(item) === 0)) points.push("有一项没有价格也没有工时费");
  if (before && draft.supplements !== null && same(draft.items, itemsOf(before))) points.push("追加定损须与原定损单不同");
  return points;
}

function same(a: readonly AssessmentItem[], b: readonly AssessmentItem[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The request without the version. */
export function proposeBody(partyId: string, draft: Draft): AssessmentRequest {
  const note = draft.note.trim();
  return {
    party_id: partyId,
    supplements: draft.supplements,
    items: draft.items.map((item) => ({ ...item, part: item.part.trim() })),
    photos: [...draft.photos],
    note: note === "" ? null : note,
  };
}
