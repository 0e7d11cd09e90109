/** Text size and theme, remembered on this device and set on `<html>`; the kit's tokens follow. */
import { ref, watch } from "vue";

export type TextSize = "normal" | "large" | "huge";
export type Theme = "system" | "light" | "dark";

const KEY = "kuaichu.look";

function stored(): { text: TextSize; theme: Theme } {
  const look = { text: "normal" as TextSize, theme: "system" as Theme };
  try {
    return { ...look, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<typeof look>) };
  } catch {
    return look;
  }
}

const first = stored();
export const textSize = ref<TextSize>(first.text);
export const theme = ref<Theme>(first.theme);

function apply(): void {
  const root = document.documentElement;
  root.dataset["text"] = textSize.value;
  if (theme.value === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme.value;
  try {
    localStorage.setItem(KEY, JSON.stringify({ text: textSize.value, theme: theme.value }));
  } catch {
    // Private windows may refuse storage: the choice then lasts for this visit.
  }
}

/** Applies the remembered look and follows changes. Call once per page. */
export function followLook(): void {
  apply();
  watch([textSize, theme], apply);
}
