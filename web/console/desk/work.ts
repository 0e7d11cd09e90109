/**
 * Which sheet lies in the middle of the desk: what is recorded, the assessments, the calculation, the mediation, the papers.
 *
 * All sheets stay in place behind the one that is shown, so nothing typed is lost by looking at another.
 */
import { inject, nextTick, ref, type InjectionKey, type Ref } from "vue";
import type { AccidentView } from "../../shared/contract";
import { goTo } from "../keys";

export type Sheet = "record" | "assessment" | "calculation" | "mediation" | "papers";

export interface Work {
  readonly tab: Ref<Sheet>;
  /** Brings a part of the page into view, on whichever sheet it lies. */
  go(part: string): Promise<void>;
}

/** Parts that lie on a sheet; all others are always to be seen. */
const LIES_ON: Record<string, Sheet> = {
  scene: "record",
  parties: "record",
  verdict: "record",
  assessment: "assessment",
  calculation: "calculation",
  orders: "calculation",
  mediation: "mediation",
  papers: "papers",
  review: "papers",
};

export const WORK: InjectionKey<Work> = Symbol("work");

export function useWork(): Work {
  const work = inject(WORK);
  if (!work) throw new Error("no case on the desk");
  return work;
}

/** A case that is being paid opens on its money, every other one on what is recorded. It never turns a page by itself. */
export function firstSheet(view: Pick<AccidentView, "settlement">): Sheet {
  return view.settlement === null ? "record" : "calculation";
}

export function makeWork(view: AccidentView): Work {
  const tab = ref<Sheet>(firstSheet(view));
  return {
    tab,
    async go(part) {
      tab.value = LIES_ON[part] ?? tab.value;
      await nextTick();
      goTo(part);
    },
  };
}
