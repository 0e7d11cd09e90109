/**
 * One accident on the officer's desk: the newest view of it, kept fresh, and the deeds upon it.
 *
 * Every deed answers the accident as it now stands; an older answer never replaces a newer one.
 * A deed that looked at an outdated version is sent once more if what it was about did not change.
 */
import { inject, onScopeDispose, ref, shallowRef, type InjectionKey, type Ref, type ShallowRef } from "vue";
import { ApiProblem, API_BASE, sentenceOf, type Api } from "../../shared/api";
import type { AccidentView, Catalogue, FieldNote, OfficerView } from "../../shared/contract";
import { live } from "../../shared/live";
import { sendSeen } from "./seen";

export interface Desk {
  readonly id: string;
  readonly api: Api;
  readonly officer: OfficerView;
  readonly catalogue: Catalogue;
  readonly view: ShallowRef<AccidentView>;
  readonly reachable: Ref<boolean>;
  /** The last refusal, in words; null when the last deed went through. */
  readonly trouble: Ref<string | null>;
  readonly notes: Ref<readonly FieldNote[]>;
  /** The deed under way, by its path; buttons wait for it. */
  readonly busy: Ref<string | null>;
  /** Every form on the desk that may hold unsaved typing. */
  readonly forms: Set<{ flush(): Promise<boolean> }>;
  /** Stores everything typed; when something cannot be stored it says so and answers false. */
  stored(): Promise<boolean>;
  take(view: AccidentView): void;
  refresh(): Promise<void>;
  post(path: string, body?: unknown): Promise<boolean>;
  /** A deed that says which version it saw. `about` is what the officer looked at when deciding. */
  postSeen(path: string, body: object, about: (view: AccidentView) => unknown): Promise<boolean>;
}

export const DESK: InjectionKey<Desk> = Symbol("desk");

export function useDesk(): Desk {
  const desk = inject(DESK);
  if (!desk) throw new Error("no case on the desk");
  return desk;
}

export function openDesk(api: Api, officer: OfficerView, catalogue: Catalogue, first: AccidentView): Desk {
  const view = shallowRef(first);
  const reachable = ref(true);
  const trouble = ref<string | null>(null);
  const notes = ref<readonly FieldNote[]>([]);
  const busy = ref<string | null>(null);
  const forms: Desk["forms"] = new Set();
  const base = `/accidents/${first.id}`;

  function take(next: AccidentView): void {
    if (next.version >= view.value.version) view.value = next;
  }

  async function fetchView(): Promise<void> {
    take(await api.get<AccidentView>(base));
  }

  async function attempt(path: string, send: () => Promise<AccidentView | undefined>): Promise<boolean> {
    if (busy.value !== null) return false;
    busy.value = path;
    try {
      const answer = await send();
      if (answer && "version" in answer) take(answer);
      trouble.value = null;
      notes.value = [];
      return true;
    } catch (error) {
      trouble.value = sentenceOf(error);
      notes.value = error instanceof ApiProblem ? error.errors : [];
      if (error instanceof ApiProblem && error.status === 409) await fetchView().catch(() => undefined);
      return false;
    } finally {
      busy.value = null;
    }
  }

  const keeper = live({
    url: `${API_BASE}${base}/events?as=officer`,
    refetch: fetchView,
    onReach: (reached) => (reachable.value = reached),
  });
  onScopeDispose(() => keeper.stop());

  return {
    id: first.id, api, officer, catalogue, view, reachable, trouble, notes, busy, forms, take,
    stored: async () => {
      const all = (await Promise.all([...forms].map((form) => form.flush()))).every(Boolean);
      if (!all) trouble.value = "表格中还有未保存或待更正的内容，请先处理。";
      return all;
    },
    refresh: () => keeper.refresh(),
    post: (path, body = {}) => attempt(path, () => api.post<AccidentView>(`${base}/${path}`, body)),
    postSeen: (path, body, about) =>
      attempt(path, () =>
        sendSeen({
          looked: view.value,
          send: (seen) => api.post<AccidentView>(`${base}/${path}`, { seen, ...body }),
          fetch: () => fetchView().then(() => view.value),
          about,
        }),
      ),
  };
}
