/**
 * `v-arrive` on what opens from a list. Where there is room for one of the two only, it takes the list's place: one starts
 * at its top with the focus in it, and comes back to where one was in the list.
 */
import type { Directive } from "vue";

interface From {
  readonly y: number;
  readonly focus: HTMLElement | null;
}

const left = new WeakMap<HTMLElement, From>();
const narrow = (): boolean => matchMedia("(max-width: 1000px)").matches;

export const vArrive: Directive<HTMLElement> = {
  mounted(el) {
    if (!narrow()) return;
    left.set(el, { y: scrollY, focus: document.activeElement instanceof HTMLElement ? document.activeElement : null });
    el.tabIndex = -1;
    el.focus({ preventScroll: true });
    scrollTo(0, 0);
  },
  unmounted(el) {
    const from = left.get(el);
    if (from === undefined || !narrow()) return;
    from.focus?.focus({ preventScroll: true });
    scrollTo(0, from.y);
  },
};
