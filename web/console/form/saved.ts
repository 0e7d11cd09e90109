/**
 * A form on the screen that saves itself: the pure saver bound to Vue, the API and this tab's storage.
 *
 * What is typed but not yet stored also lies in `sessionStorage`, so a reload loses nothing; it leaves
 * with the tab, because it is personal data on a shared computer.
 */
import { onScopeDispose, ref, toRaw, watch, type Ref } from "vue";
import { ApiProblem } from "../../shared/api";
import type { AccidentView, FieldNote } from "../../shared/contract";
import type { Desk } from "../desk/desk";
import { may } from "../desk/may";
import { begin, isDirty, same, takeTheirs, type Draft } from "./merge";
import { createSaver, type Outcome, type SaveState } from "./saver";

export interface Saved<T> {
  readonly form: Ref<T>;
  readonly state: Ref<SaveState>;
  readonly notes: Ref<readonly FieldNote[]>;
  flush(): Promise<boolean>;
}

export interface SavedForm<T> {
  /** Names this form within the case. */
  readonly name: string;
  /** This form's part of the view. */
  pick(view: AccidentView): T;
  /** Where it is stored, below the accident. */
  readonly path: string;
  body(mine: T): object;
  /** What must be allowed for this form to be written at all. */
  readonly deed: "write" | "assess";
  /** Why this is not worth sending yet; null when it is. */
  unready?(mine: T): string | null;
}

export function useSaved<T>(desk: Desk, what: SavedForm<T>): Saved<T> {
  const place = `kuaichu.draft.${desk.officer.id}.${desk.id}.${what.name}`;
  const open = (): boolean => may(what.deed, desk.view.value, desk.officer.id).may;
  const theirs = copy(what.pick(desk.view.value));
  const first = open() ? recall<T>(place, theirs) : begin(theirs);
  const form = ref(copy(first.mine)) as Ref<T>;
  const state = ref<SaveState>({ is: "clean" });
  const notes = ref<readonly FieldNote[]>([]);

  const saver = createSaver<T>(first, {
    save: async (mine) => send(desk, what, mine, notes),
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    changed: (draft, now) => {
      state.value = now;
      remember(place, draft);
      if (!same(draft.mine, plain(form.value))) form.value = copy(draft.mine);
    },
  });

  watch(form, () => {
    const mine = plain(form.value);
    if (!same(mine, saver.draft().mine)) saver.type(mine);
  }, { deep: true });
  watch(desk.view, (view) => {
    const now = copy(what.pick(view));
    if (!open()) saver.freeze(now);
    else if (!same(now, saver.draft().base)) saver.hear(now);
  });
  desk.forms.add(saver);
  onScopeDispose(() => {
    desk.forms.delete(saver);
    void saver.flush().finally(() => saver.stop());
  });
  if (isDirty(first)) void saver.flush();
  return { form, state, notes, flush: () => saver.flush() };
}

async function send<T>(desk: Desk, what: SavedForm<T>, mine: T, notes: Ref<readonly FieldNote[]>): Promise<Outcome<T>> {
  const why = what.unready?.(mine) ?? null;
  if (why !== null) return { got: "invalid", why };
  try {
    const seen = desk.view.value.version;
    const view = await desk.api.put<AccidentView>(`/accidents/${desk.id}/${what.path}`, { seen, ...what.body(mine) });
    desk.take(view);
    notes.value = [];
    return { got: "stored", stored: copy(what.pick(view)) };
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.offline) return { got: "offline" };
    if (error.code === "stale") {
      const fresh = await desk.api.get<AccidentView>(`/accidents/${desk.id}`).catch(() => null);
      if (!fresh) return { got: "offline" };
      desk.take(fresh);
      return { got: "stale", theirs: copy(what.pick(fresh)) };
    }
    notes.value = error.errors;
    return { got: "invalid", why: error.errors[0]?.message ?? error.message };
  }
}

/** Drafts are JSON: what cannot be sent cannot be stored either. */
function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function plain<T>(value: T): T {
  return copy(toRaw(value));
}

function recall<T>(place: string, theirs: T): Draft<T> {
  try {
    const stored = JSON.parse(sessionStorage.getItem(place) ?? "null") as Draft<T> | null;
    return stored ? takeTheirs(stored, theirs) : begin(theirs);
  } catch {
    return begin(theirs);
  }
}

function remember<T>(place: string, draft: Draft<T>): void {
  try {
    if (isDirty(draft)) sessionStorage.setItem(place, JSON.stringify(draft));
    else sessionStorage.removeItem(place);
  } catch {
    // Full or forbidden storage: the server's copy is the one that counts.
  }
}
