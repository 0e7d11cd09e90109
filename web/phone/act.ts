/** One thing a screen does at a time: busy while it runs, a sentence when it failed. */
import { ref, shallowRef } from "vue";
import { ApiProblem, sentenceOf } from "../shared/api";

export function useAct() {
  const busy = ref(false);
  const error = ref("");
  const problem = shallowRef<ApiProblem | null>(null);

  /** Runs `deed` unless one is running; true when it went well. */
  async function run(deed: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    error.value = "";
    problem.value = null;
    try {
      await deed();
      return true;
    } catch (thrown) {
      error.value = sentenceOf(thrown);
      problem.value = thrown instanceof ApiProblem ? thrown : null;
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { busy, error, problem, run };
}
