/**
 * Lists that are read by cursor: what changed since the last look replaces what was known of it.
 *
 * Time and network are the caller's; `usePulled` binds one to a component and looks again every few seconds.
 */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { sentenceOf } from "../../shared/api";

interface Item {
  readonly id: string;
  /** Grows with every change of any item. */
  readonly change: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string;
  readonly more: boolean;
}

export interface Known<T> {
  readonly items: readonly T[];
  readonly cursor: string | null;
}

/** A later change replaces an earlier one, never the other way round. */
export function taken<T extends Item>(known: Known<T>, page: Page<T>): Known<T> {
  const byId = new Map(known.items.map((one) => [one.id, one]));
  for (const item of page.items) {
    const before = byId.get(item.id);
    if (before === undefined || item.change >= before.change) byId.set(item.id, item);
  }
  return { items: [...byId.values()], cursor: page.next };
}

export interface Pulled<T> {
  readonly items: Readonly<ShallowRef<readonly T[]>>;
  /** Read to the end at least once. */
  readonly loaded: Ref<boolean>;
  readonly trouble: Ref<string>;
  /** Looks again now. */
  look(): Promise<void>;
  /** What a deed answered stands before the next look. */
  put(item: T): void;
}

const LOOK_EVERY_MS = 10_000;

export function usePulled<T extends Item>(read: (since: string | null) => Promise<Page<T>>): Pulled<T> {
  const items = shallowRef<readonly T[]>([]);
  const loaded = ref(false);
  const trouble = ref("");
  let cursor: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  let running: Promise<void> | null = null;

  function put(item: T): void {
    items.value = taken({ items: items.value, cursor }, { items: [item], next: cursor ?? "", more: false }).items;
  }

  async function pull(): Promise<void> {
    clearTimeout(timer);
    try {
      for (let more = true; more && !over; ) {
        const page = await read(cursor);
        const now = taken({ items: items.value, cursor }, page);
        [items.value, cursor, more] = [now.items, now.cursor, page.more];
      }
      loaded.value = true;
      trouble.value = "";
    } catch (error) {
      trouble.value = sentenceOf(error);
    }
    if (!over) timer = setTimeout(() => void look(), LOOK_EVERY_MS);
  }

  function look(): Promise<void> {
    running ??= pull().finally(() => (running = null));
    return running;
  }

  void look();
  onScopeDispose(() => {
    over = true;
    clearTimeout(timer);
  });
  return { items, loaded, trouble, look, put };
}
