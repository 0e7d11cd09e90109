/** The live queue of the unit: fetched on every event and every ten seconds, ringing until somebody answers. */
import { ref, shallowRef } from "vue";
import { ApiProblem, API_BASE, sentenceOf, type Api } from "../../shared/api";
import type { AccidentView, QueueItem, QueueView } from "../../shared/contract";
import { live, type Live } from "../../shared/live";
import { badge, notify, ringOnce } from "./loud";
import { hear, hush, SILENT, type Ring } from "./ring";
import { inOrder } from "./waiting";

const TICK_MS = 1_000;

export function createQueue(api: Api, lost: () => void, onCase: () => boolean) {
  const view = shallowRef<QueueView>({ waiting: [], mine: [] });
  const loaded = ref(false);
  const reachable = ref(true);
  const trouble = ref<string | null>(null);
  const taking = ref<string | null>(null);
  const now = ref(new Date());
  const ringing = ref(false);
  let ring: Ring = SILENT;
  let keeper: Live | null = null;
  let clock: ReturnType<typeof setInterval> | undefined;

  async function fetchQueue(): Promise<void> {
    try {
      const fresh = await api.get<QueueView>("/queue");
      view.value = { waiting: inOrder(fresh.waiting), mine: fresh.mine };
      loaded.value = true;
    } catch (error) {
      if (error instanceof ApiProblem && (error.status === 401 || error.status === 403)) lost();
      throw error;
    }
    listen();
  }

  function listen(): void {
    const [next, effects] = hear(ring, view.value.waiting.map((i) => i.accident_id), Date.now(), onCase());
    ring = next;
    ringing.value = next.calling.length > 0;
    for (const effect of effects) {
      if (effect.do === "ring") ringOnce();
      else if (effect.do === "notify") notify(effect.count);
      else badge(effect.count);
    }
  }

  function tick(): void {
    now.value = new Date();
    listen();
  }

  /** True when the case is now mine. Somebody else being faster is no error: the list moves on. */
  async function take(item: Pick<QueueItem, "accident_id">): Promise<boolean> {
    if (taking.value !== null) return false;
    taking.value = item.accident_id;
    trouble.value = null;
    try {
      await api.post<AccidentView>(`/accidents/${item.accident_id}/claim`);
      return true;
    } catch (error) {
      const faster = error instanceof ApiProblem && error.code === "already_claimed";
      trouble.value = faster ? "这一起已由其他民警受理，列表已更新。" : sentenceOf(error);
      return false;
    } finally {
      taking.value = null;
      void keeper?.refresh();
    }
  }

  return {
    view, loaded, reachable, trouble, taking, now, ringing, take,
    /** The case to open: the next one waiting, else null. Tries the following one when somebody was faster. */
    async takeNext(): Promise<string | null> {
      for (const item of view.value.waiting) {
        if (await take(item)) return item.accident_id;
      }
      return null;
    },
    /** After a call to 122: opens a case, the driver gets the link by SMS. */
    open: (phone: string) => api.post<AccidentView>("/accidents", { phone }),
    hush(): void {
      ring = hush(ring);
      ringing.value = false;
    },
    start(): void {
      keeper ??= live({ url: `${API_BASE}/events`, refetch: fetchQueue, onReach: (ok) => (reachable.value = ok) });
      clock ??= setInterval(tick, TICK_MS);
      void keeper.refresh();
    },
    stop(): void {
      keeper?.stop();
      clearInterval(clock);
      keeper = null;
      clock = undefined;
      ring = SILENT;
      ringing.value = false;
      view.value = { waiting: [], mine: [] };
      loaded.value = false;
      badge(0);
    },
  };
}

export type Queue = ReturnType<typeof createQueue>;
