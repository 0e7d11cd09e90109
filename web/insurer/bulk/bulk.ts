/** Many deeds in one go: sent in portions that the service takes, each answered on its own, nothing lost when the net breaks off. */
import { computed, shallowRef, type ComputedRef } from "vue";
import { sentenceOf } from "../../shared/api";
import type { BulkResult } from "../../shared/contract-insurer";

/** As many as one request takes. */
export const BATCH_MAX = 200;

export interface Outcome {
  readonly id: string;
  /** `unsent`: it never got an answer and may be sent again. */
  readonly state: "done" | "refused" | "unsent";
  readonly why: string | null;
}

/** One sentence for what was refused, without saying anything twice. */
export function whyNot(problem: BulkResult["items"][number]["problem"]): string {
  const all = [problem?.message ?? "没有受理", ...(problem?.errors ?? []).map(({ message }) => message)];
  return [...new Set(all)].join("；");
}

export function outcomesOf(result: BulkResult): readonly Outcome[] {
  return result.items.map(({ id, ok, problem }) =>
    ok ? { id, state: "done", why: null } : { id, state: "refused", why: whyNot(problem) },
  );
}

export function portions<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / BATCH_MAX) }, (_, at) => items.slice(at * BATCH_MAX, (at + 1) * BATCH_MAX));
}

/** Sends portion by portion. What was not answered is told as such; the portions after it are not tried. */
export async function sendAll<T extends { readonly id: string }>(
  items: readonly T[],
  send: (portion: readonly T[]) => Promise<BulkResult>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let broken: string | null = null;
  for (const portion of portions(items)) {
    if (broken === null) {
      try {
        outcomes.push(...outcomesOf(await send(portion)));
        continue;
      } catch (error) {
        broken = sentenceOf(error);
      }
    }
    outcomes.push(...portion.map(({ id }) => ({ id, state: "unsent", why: broken }) as const));
  }
  return outcomes;
}

/** "3 张已登记，1 张没有受理。" */
export function tallyWords(outcomes: readonly Outcome[], verb: string): string {
  const count = (state: Outcome["state"]): number => outcomes.filter((one) => one.state === state).length;
  const [done, refused, unsent] = [count("done"), count("refused"), count("unsent")];
  const words = [
    done > 0 || refused + unsent === 0 ? `${done} 张${verb}` : "",
    refused > 0 ? `${refused} 张没有受理` : "",
    unsent > 0 ? `${unsent} 张没有送到` : "",
  ];
  return `${words.filter(Boolean).join("，")}。`;
}

export interface Selection {
  /** In the order of the list. */
  readonly ids: ComputedRef<readonly string[]>;
  has(id: string): boolean;
  toggle(id: string): void;
  /** All of them, or none when all are chosen. */
  toggleAll(): void;
  clear(): void;
  readonly all: ComputedRef<boolean>;
}

/** Which lines of a list are ticked; one that may not be chosen any more drops out by itself. */
export function useSelection(choosable: () => readonly string[]): Selection {
  const ticked = shallowRef<ReadonlySet<string>>(new Set());
  const ids = computed(() => choosable().filter((id) => ticked.value.has(id)));
  const all = computed(() => ids.value.length > 0 && ids.value.length === choosable().length);
  return {
    ids,
    all,
    has: (id) => ticked.value.has(id),
    toggle(id) {
      const next = new Set(ticked.value);
      if (!next.delete(id)) next.add(id);
      ticked.value = next;
    },
    toggleAll: () => void (ticked.value = all.value ? new Set() : new Set(choosable())),
    clear: () => void (ticked.value = new Set()),
  };
}
