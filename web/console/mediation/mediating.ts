/**
 * The terms being written on this desk: the service drafts the text and names the differences after each change.
 * Kept in this tab like the verdict, because names stand in the text.
 */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from "vue";
import { ApiProblem, sentenceOf } from "../../shared/api";
import type { MediationView, TermsDraft } from "../../shared/contract-mediation";
import type { Desk } from "../desk/desk";
import { same } from "../form/merge";
import * as T from "./terms";

const DRAFT_AFTER_MS = 300;

export function useMediating(desk: Desk, mediation: () => MediationView) {
  const place = `kuaichu.draft.${desk.officer.id}.${desk.id}.terms`;
  const form = ref(recall(place) ?? T.startTerms(mediation())) as Ref<T.TermsForm>;
  const draft = shallowRef<TermsDraft | null>(null);
  const trouble = ref<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  async function ask(own?: boolean): Promise<TermsDraft | null> {
    const turn = ++asked;
    try {
      const fresh = await desk.api.post<TermsDraft>(`/accidents/${desk.id}/mediation/draft`, T.draftRequest(form.value, own));
      // A slow answer about earlier terms must not replace a newer one.
      if (turn !== asked) return null;
      draft.value = fresh;
      trouble.value = null;
      return fresh;
    } catch (error) {
      if (turn === asked) trouble.value = error instanceof ApiProblem && error.offline ? "草稿暂不可用：网络不通" : sentenceOf(error);
      return null;
    }
  }

  function askSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const fresh = await ask();
      if (fresh) form.value = T.takeDraft(form.value, fresh);
    }, DRAFT_AFTER_MS);
  }

  watch(() => T.draftRequest(form.value), (now, before) => !same(now, before) && askSoon());
  watch(form, () => remember(place, form.value), { deep: true });
  onScopeDispose(() => clearTimeout(timer));
  askSoon();

  return {
    form, draft, trouble,
    async regenerate(): Promise<void> {
      const fresh = await ask(false);
      if (fresh) form.value = T.regenerate(form.value, fresh);
    },
    /** Puts the result on the finding for everybody to sign. */
    async propose(): Promise<boolean> {
      if (!(await desk.stored())) return false;
      const done = await desk.postSeen("mediation/proposal", { terms: T.terms(form.value) }, (view) => [view.mediation?.wishes, view.mediation?.bars, view.settlement]);
      if (done) forget(place);
      return done;
    },
    /** Begins anew from what the plan leaves to the parties. */
    restart(): void {
      form.value = T.startTerms({ suggestion: mediation().suggestion, proposal: null });
    },
  };
}

function recall(place: string): T.TermsForm | null {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "null") as T.TermsForm | null;
  } catch {
    return null;
  }
}

function remember(place: string, form: T.TermsForm): void {
  try {
    sessionStorage.setItem(place, JSON.stringify(form));
  } catch {
    // Without storage a reload starts from the suggestion.
  }
}

function forget(place: string): void {
  try {
    sessionStorage.removeItem(place);
  } catch {
    // Nothing was kept, so nothing is left.
  }
}
