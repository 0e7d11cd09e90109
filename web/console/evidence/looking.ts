/**
 * Which piece of evidence is open, and which pictures have come in since and were not looked at.
 *
 * Held by its id: a picture that arrives meanwhile must not push another one under the officer's eyes.
 */
import { computed, inject, ref, shallowRef, type InjectionKey, type Ref } from "vue";
import type { AccidentView, EvidenceView } from "../../shared/contract";

export interface Looking {
  readonly open: Readonly<Ref<string | null>>;
  show(id: string | null): void;
  isFresh(item: EvidenceView): boolean;
}

export const LOOKING: InjectionKey<Looking> = Symbol("looking");

export function useLooking(): Looking {
  const looking = inject(LOOKING);
  if (!looking) throw new Error("no case on the desk");
  return looking;
}

export function makeLooking(view: Readonly<Ref<AccidentView>>): Looking {
  const known = shallowRef(new Set(view.value.evidence.map((item) => item.id)));
  const open = ref<string | null>(null);
  return {
    open: computed(() => open.value),
    show(id) {
      open.value = id;
      if (id !== null) known.value = new Set(known.value).add(id);
    },
    isFresh: (item) => item.kind !== "recording" && !known.value.has(item.id),
  };
}
