/** What time it is where the cases are: in a sandbox their clock may run ahead of the world's. */
import { computed, onScopeDispose, ref, type ComputedRef } from "vue";

/** How far ahead, in milliseconds; zero outside a sandbox. */
const ahead = ref(0);

export function setAhead(now: string): void {
  const ms = Date.parse(now) - Date.now();
  // What the answer took on its way is no time travel.
  ahead.value = Number.isNaN(ms) || Math.abs(ms) < 5_000 ? 0 : ms;
}

export function nowMs(): number {
  return Date.now() + ahead.value;
}

const TICK_MS = 30_000;

/** The time, every half minute, and at once when a sandbox's clock is moved: for what counts down. */
export function useNow(): ComputedRef<number> {
  const tick = ref(Date.now());
  const timer = setInterval(() => (tick.value = Date.now()), TICK_MS);
  onScopeDispose(() => clearInterval(timer));
  return computed(() => tick.value + ahead.value);
}
