/**
 * Drafts kept on this computer: what is typed during a call survives a reload, a crash of the browser and the way to
 * another case. Put forward or thrown away, a draft leaves nothing behind. Only for what holds no personal data.
 */
import { onScopeDispose, ref, watch, type Ref } from "vue";

export interface Keeping<T> {
  readonly empty: T;
  /** Whether anything has been written that would be missed. */
  isStarted(draft: T): boolean;
  /** What another version of the console wrote may not fit. */
  fits(stored: Partial<T>): boolean;
}

export function useKept<T extends object>(place: string, keeping: Keeping<T>): Ref<T> {
  const draft = ref(readKept(place, keeping)) as Ref<T>;
  onScopeDispose(watch(draft, (now) => writeKept(place, now, keeping), { deep: true }));
  return draft;
}

export function readKept<T extends object>(place: string, keeping: Keeping<T>, storage: Pick<Storage, "getItem"> | null = local()): T {
  try {
    const stored = JSON.parse(storage?.getItem(place) ?? "null") as Partial<T> | null;
    return stored && keeping.fits(stored) ? { ...keeping.empty, ...stored } : keeping.empty;
  } catch {
    return keeping.empty;
  }
}

export function writeKept<T extends object>(
  place: string,
  draft: T,
  keeping: Keeping<T>,
  storage: Pick<Storage, "setItem" | "removeItem"> | null = local(),
): void {
  try {
    if (keeping.isStarted(draft)) storage?.setItem(place, JSON.stringify(draft));
    else storage?.removeItem(place);
  } catch {
    // Full or forbidden storage: the draft lasts as long as the page.
  }
}

function local(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
