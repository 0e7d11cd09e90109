/**
 * The keyboard: every key means the same everywhere, and `?` lists them.
 *
 * Single keys are silent while somebody types, and can be switched off altogether (speech input
 * users press them by accident). `meaning` is pure; `useKeys` listens.
 */
import { onScopeDispose, ref, watch } from "vue";

export type Key =
  | "help" | "next" | "queue" | "hush" | "dark" | "search" | "still" | "mute" | "camera"
  | "scene" | "parties" | "verdict" | "document" | "assessment" | "calculation" | "mediation" | "papers" | "draft" | "main" | "clearing" | "archive";

/** In the order in which the help shows them. */
export const KEYS: readonly { readonly key: string; readonly means: Key; readonly words: string }[] = [
  { key: "N", means: "next", words: "受理下一起" },
  { key: "Q", means: "queue", words: "返回等候列表" },
  { key: "H", means: "hush", words: "停止响铃（新报案会再响）" },
  { key: "1", means: "scene", words: "到「现场」" },
  { key: "2", means: "parties", words: "到「当事人」" },
  { key: "3", means: "verdict", words: "到「认定」" },
  { key: "4", means: "document", words: "到「文书与签字」" },
  { key: "5", means: "assessment", words: "到「定损」" },
  { key: "6", means: "calculation", words: "到「理算与付款」" },
  { key: "7", means: "mediation", words: "到「调解」" },
  { key: "8", means: "papers", words: "到「文书」" },
  { key: "/", means: "search", words: "搜索情形；在「定损」中搜索价目" },
  { key: "P", means: "still", words: "请当前当事人拍照取证" },
  { key: "M", means: "mute", words: "麦克风 开/关" },
  { key: "V", means: "camera", words: "摄像头 开/关" },
  { key: "F", means: "draft", words: "预览认定书" },
  { key: "G", means: "main", words: "到「下一步」按钮" },
  { key: "C", means: "clearing", words: "月度清算（值班长）" },
  { key: "A", means: "archive", words: "归档：到期、保全、复核" },
  { key: "D", means: "dark", words: "浅色 / 深色" },
  { key: "?", means: "help", words: "显示快捷键" },
];

export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly isComposing: boolean;
  /** The key went into a field or a dialog that has its own keys. */
  readonly taken: boolean;
}

export function meaning(press: Press): Key | null {
  if (press.taken || press.isComposing || press.ctrlKey || press.metaKey || press.altKey) return null;
  const key = press.key === "？" ? "?" : press.key.toUpperCase();
  return KEYS.find((k) => k.key === key)?.means ?? null;
}

const STORED = "kuaichu.single-keys";
export const keysOn = ref(read());
watch(keysOn, (on) => {
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // No storage: the choice lasts for this visit.
  }
});

function read(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

function taken(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const typing = target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName);
  const field = target instanceof HTMLInputElement && !/^(button|checkbox|radio|submit)$/.test(target.type);
  return typing || field || target.closest("[role=dialog],[role=alertdialog],dialog[open]") !== null;
}

/** Acts on keys while the calling component lives; the same key may serve several components. */
export function useKeys(acts: Partial<Record<Key, () => void>>): void {
  function onKey(event: KeyboardEvent): void {
    if (!keysOn.value || event.repeat) return;
    const { key, ctrlKey, metaKey, altKey, isComposing } = event;
    const means = meaning({ key, ctrlKey, metaKey, altKey, isComposing, taken: taken(event.target) });
    const act = means === null ? undefined : acts[means];
    if (!act) return;
    // "/" must not be typed into the field it is about to focus.
    event.preventDefault();
    act();
  }
  window.addEventListener("keydown", onKey);
  onScopeDispose(() => window.removeEventListener("keydown", onKey));
}

/** Brings a part of the page into view and the focus to it. */
export function goTo(part: string): void {
  const target = document.querySelector<HTMLElement>(`[data-part="${part}"]`);
  target?.scrollIntoView({ block: "start" });
  target?.focus({ preventScroll: true });
}
