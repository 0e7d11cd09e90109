/**
 * Searching the price list while somebody types: a short pause, then one question; a late answer about an earlier word
 * never replaces a newer one. Which row is meant is moved by the arrow keys and never points beside the list.
 */
import { ref, shallowRef } from "vue";
import { sentenceOf } from "../../shared/api";
import type { PriceLine } from "../../shared/contract-assessment";

/** Long enough to type a syllable, short enough to feel live. */
const ASK_AFTER_MS = 150;

export interface Around {
  ask(typed: string): Promise<readonly PriceLine[]>;
  after(ms: number, then: () => void): () => void;
}

export function createPrices({ ask, after }: Around) {
  const typed = ref("");
  const found = shallowRef<readonly PriceLine[]>([]);
  const at = ref(0);
  const state = ref<"rest" | "asking" | "asked">("rest");
  const trouble = ref<string | null>(null);
  let cancel = (): void => undefined;
  let turn = 0;

  async function look(words: string): Promise<void> {
    const mine = ++turn;
    try {
      const answer = await ask(words);
      if (mine !== turn) return;
      found.value = answer;
      at.value = 0;
      trouble.value = null;
      state.value = "asked";
    } catch (error) {
      if (mine !== turn) return;
      found.value = [];
      trouble.value = sentenceOf(error);
      state.value = "asked";
    }
  }

  return {
    typed, found, at, state, trouble,
    type(words: string): void {
      typed.value = words;
      cancel();
      turn += 1;
      if (words.trim() === "") {
        found.value = [];
        trouble.value = null;
        state.value = "rest";
        return;
      }
      state.value = "asking";
      cancel = after(ASK_AFTER_MS, () => void look(words.trim()));
    },
    move(by: number): void {
      at.value = Math.max(0, Math.min(at.value + by, found.value.length - 1));
    },
    /** The row that Enter takes; null while the list is of an earlier word. */
    chosen: (): PriceLine | null => (state.value === "asked" ? (found.value[at.value] ?? null) : null),
    stop: () => cancel(),
  };
}
