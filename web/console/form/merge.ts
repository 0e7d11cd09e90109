/**
 * Two people write on the same form: the officer here, the driver on the phone.
 *
 * `merge` joins them field by field. What the officer changed stays as typed; what
 * only the other side changed is taken in. Nothing typed here is ever lost.
 */

type Plain = { readonly [key: string]: unknown };

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Equality by content. An absent field and `null` both mean "not given". */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a ?? null, b ?? null)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => same(item, b[i]));
  }
  if (!isPlain(a) || !isPlain(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
}

/**
 * `base` is what both started from, `mine` what is on the screen, `theirs` what the server holds now.
 * Lists are one field: half a list of each side would be nobody's list.
 */
export function merge<T>(base: T, mine: T, theirs: T): T {
  if (same(mine, base)) return theirs;
  if (same(theirs, base)) return mine;
  if (!isPlain(mine) || !isPlain(theirs)) return mine;
  const from: Plain = isPlain(base) ? base : {};
  const joined: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    joined[key] = merge(from[key], mine[key], theirs[key]);
  }
  return joined as T;
}

/** A form being filled: what the server last said, and what stands on the screen. */
export interface Draft<T> {
  readonly base: T;
  readonly mine: T;
}

export function begin<T>(base: T): Draft<T> {
  return { base, mine: base };
}

export function isDirty<T>(draft: Draft<T>): boolean {
  return !same(draft.base, draft.mine);
}

/** The server's word arrives while the officer may be typing. */
export function takeTheirs<T>(draft: Draft<T>, theirs: T): Draft<T> {
  return { base: theirs, mine: merge(draft.base, draft.mine, theirs) };
}

/** `sent` was accepted and the server now holds `stored`; what was typed since stays. */
export function accepted<T>(draft: Draft<T>, sent: T, stored: T): Draft<T> {
  return { base: stored, mine: merge(sent, draft.mine, stored) };
}
