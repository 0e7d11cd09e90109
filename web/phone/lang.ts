/**
 * Chinese is the language of the page; English is a dictionary that is only loaded when asked for.
 *
 * `t` takes the Chinese sentence itself as its key, so a missing translation shows the sentence and never a code.
 */
import { ref, shallowRef } from "vue";

export type Lang = "zh" | "en";
type Dictionary = Readonly<Record<string, string>>;

const KEY = "kuaichu.lang";
export const lang = ref<Lang>("zh");
const dictionary = shallowRef<Dictionary>({});

/** The sentence in the reader's language; `{name}` is replaced from `values`. */
export function t(sentence: string, values: Readonly<Record<string, string | number>> = {}): string {
  const said = lang.value === "zh" ? sentence : (dictionary.value[sentence] ?? sentence);
  return said.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export async function speak(wanted: Lang): Promise<void> {
  if (wanted === "en") dictionary.value = (await import("./en")).EN;
  lang.value = wanted;
  document.documentElement.lang = wanted === "en" ? "en" : "zh-CN";
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    // Private windows may refuse storage: the choice then lasts for this visit.
  }
}

/** The language chosen last time on this device. */
export function rememberedLang(): Lang {
  try {
    return localStorage.getItem(KEY) === "en" ? "en" : "zh";
  } catch {
    return "zh";
  }
}
