/**
 * The ring nobody can miss, as a value.
 *
 * `Ring` is plain data and `hear` a pure function: the loudspeaker, the title and
 * the desktop notice live in `loud.ts`, which carries out what comes back.
 */
export interface Ring {
  /** Waiting cases that the officer has not hushed. */
  readonly calling: readonly string[];
  readonly hushed: readonly string[];
  readonly lastRungAt: number | null;
}

export type Effect = { readonly do: "ring" } | { readonly do: "notify"; readonly count: number } | { readonly do: "title"; readonly count: number };

/** Rings again this often until somebody takes the case or hushes it. */
export const AGAIN_AFTER_MS = 5_000;

export const SILENT: Ring = { calling: [], hushed: [], lastRungAt: null };

/**
 * The queue as it stands; called on every change and on every tick of the clock.
 * `onCase`: the officer is speaking with somebody: one ring per new case, no repeats into the conversation.
 */
export function hear(ring: Ring, waiting: readonly string[], now: number, onCase = false): readonly [Ring, readonly Effect[]] {
  const hushed = ring.hushed.filter((id) => waiting.includes(id));
  const calling = waiting.filter((id) => !hushed.includes(id));
  const fresh = calling.some((id) => !ring.calling.includes(id));
  const effects: Effect[] = [{ do: "title", count: waiting.length }];
  const due = !onCase && (ring.lastRungAt === null || now - ring.lastRungAt >= AGAIN_AFTER_MS);
  const rings = calling.length > 0 && (fresh || due);
  if (rings) effects.push({ do: "ring" });
  if (fresh) effects.push({ do: "notify", count: waiting.length });
  return [{ calling, hushed, lastRungAt: rings ? now : calling.length > 0 ? ring.lastRungAt : null }, effects];
}

/** The officer has heard it. A case that comes later rings again. */
export function hush(ring: Ring): Ring {
  return { calling: [], hushed: [...ring.hushed, ...ring.calling], lastRungAt: null };
}
