/**
 * The verdict being made on this desk: asks the rules for a preview after each change, keeps the draft in this tab.
 * One per open case, shared by the picker, the liabilities, the text and the button that decides.
 */
import { computed, inject, onScopeDispose, ref, shallowRef, watch, type InjectionKey } from "vue";
import { ApiProblem, sentenceOf } from "../../shared/api";
import type { AccidentView, Liability, Preview } from "../../shared/contract";
import type { Desk } from "../desk/desk";
import { may } from "../desk/may";
import { partyOf, sceneOf } from "../form/blank";
import { same } from "../form/merge";
import * as V from "./verdict";

/** Long enough to type a word, short enough to feel live. */
const PREVIEW_AFTER_MS = 300;

export function makeVerdict(desk: Desk) {
  const place = `kuaichu.draft.${desk.officer.id}.${desk.id}.verdict`;
  const verdict = ref<V.Verdict>(V.withParties(recall(place) ?? V.startVerdict(desk.view.value), ids(desk.view.value)));
  const preview = shallowRef<Preview | null>(null);
  const trouble = ref<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  async function ask(): Promise<Preview | null> {
    const turn = ++asked;
    try {
      const fresh = await desk.api.post<Preview>(`/accidents/${desk.id}/preview`, V.previewRequest(verdict.value));
      // A slow answer about an earlier choice must not replace a newer one.
      if (turn !== asked) return null;
      preview.value = fresh;
      trouble.value = null;
      return fresh;
    } catch (error) {
      if (turn === asked) trouble.value = error instanceof ApiProblem && error.offline ? "预览暂不可用：网络不通" : sentenceOf(error);
      return null;
    }
  }

  function askSoon(): void {
    clearTimeout(timer);
    if (!may("decide", desk.view.value, desk.officer.id).may) return;
    timer = setTimeout(async () => {
      const fresh = await ask();
      if (fresh) verdict.value = V.takePreview(verdict.value, fresh);
    }, PREVIEW_AFTER_MS);
  }

  watch(() => V.previewRequest(verdict.value), (now, before) => !same(now, before) && askSoon());
  watch(verdict, () => remember(place, verdict.value), { deep: true });
  watch(desk.view, (now, before) => {
    if (!same(ids(now), ids(before))) verdict.value = V.withParties(verdict.value, ids(now));
    if (now.stage !== before.stage || !same(about(now), about(before))) askSoon();
  });
  onScopeDispose(() => clearTimeout(timer));
  askSoon();

  return {
    verdict, preview, trouble,
    rows: computed(() => V.effective(verdict.value, preview.value)),
    open: computed(() => V.openPoints(verdict.value, preview.value)),
    add: (party: string, code: string) => void (verdict.value = V.addViolation(verdict.value, party, code)),
    remove: (party: string, code: string) => void (verdict.value = V.removeViolation(verdict.value, party, code)),
    choose: (party: string, liability: Liability) =>
      void (verdict.value = V.choose(verdict.value, preview.value, party, liability)),
    share: (party: string, share: number | null) => void (verdict.value = V.change(verdict.value, party, { share })),
    editFacts: (text: string) => void (verdict.value = V.editFacts(verdict.value, text)),
    editLiability: (text: string) => void (verdict.value = V.editLiability(verdict.value, preview.value, text)),
    liability: computed(() => V.liabilityText(verdict.value, preview.value)),
    reason: (text: string) => void (verdict.value = { ...verdict.value, overrideReason: text }),
    async regenerate(): Promise<void> {
      const fresh = await ask();
      if (fresh) verdict.value = V.regenerate(verdict.value, fresh);
    },
    /** Decides on what stands here. The forms beside it are stored first: the finding is printed from them. */
    async decide(): Promise<boolean> {
      if (!(await desk.stored())) return false;
      const request = V.decideRequest(verdict.value, preview.value, desk.view.value.version);
      if (!request) return false;
      const { seen: _, ...body } = request;
      const done = await desk.postSeen("decision", body, about);
      if (done) forget(place);
      return done;
    },
  };
}

export type Making = ReturnType<typeof makeVerdict>;
export const MAKING: InjectionKey<Making> = Symbol("verdict in the making");

export function useMaking(): Making {
  const making = inject(MAKING);
  if (!making) throw new Error("no verdict in the making");
  return making;
}

function ids(view: AccidentView): string[] {
  return view.parties.map((p) => p.id);
}

/** What a verdict rests on; anything else may change without touching it. */
function about(view: AccidentView): unknown {
  return [sceneOf(view), view.parties.map((p) => [p.id, partyOf(p)]), view.decision];
}

function recall(place: string): V.Verdict | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place) ?? "null") as V.Verdict | null;
    return kept && { ...kept, liabilityText: kept.liabilityText ?? null };
  } catch {
    return null;
  }
}

function remember(place: string, verdict: V.Verdict): void {
  try {
    sessionStorage.setItem(place, JSON.stringify(verdict));
  } catch {
    // Without storage a reload starts from what was decided last.
  }
}

function forget(place: string): void {
  try {
    sessionStorage.removeItem(place);
  } catch {
    // Nothing was kept, so nothing is left.
  }
}
