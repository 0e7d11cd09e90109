/** How the parties of this case are called on this phone: 您, 对方, 丙方; the others by their own names. */
import { computed } from "vue";
import { t } from "./lang";
import { called, type Around } from "./plain";
import { me, state } from "./store";

export const myLabel = computed(() => me.value?.label ?? "");
export const around = computed<Around>(() => ({ me: myLabel.value, labels: state.view?.parties.map((party) => party.label) ?? [] }));

export function calledBy(label: string): string {
  const words = called(label, around.value);
  return words === `${label}方` ? t("{n}方", { n: label }) : t(words);
}
