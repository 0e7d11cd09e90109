/** Carries out what the ring wants: a loudspeaker, the tab's title, a desktop notice. No decisions here. */
import { ref } from "vue";

const TITLE = document.title;
let audio: AudioContext | null = null;
/** Browsers keep sound off until the first touch of the page; the queue says so while it lasts. */
export const soundBlocked = ref(false);

function speaker(): AudioContext | null {
  audio ??= typeof AudioContext === "undefined" ? null : new AudioContext();
  return audio;
}

export function wakeSound(): void {
  void speaker()?.resume().then(() => (soundBlocked.value = audio?.state === "suspended"));
}
for (const event of ["pointerdown", "keydown"]) window.addEventListener(event, wakeSound, { once: true });

/** Two rising double tones, about a second: a telephone, not a chime. */
export function ringOnce(): void {
  const context = speaker();
  if (!context) return;
  if (context.state === "suspended") {
    soundBlocked.value = true;
    return;
  }
  soundBlocked.value = false;
  [0, 0.18, 0.55, 0.73].forEach((at, i) => tone(context, context.currentTime + at, i % 2 === 0 ? 880 : 1175));
}

function tone(context: AudioContext, at: number, hertz: number): void {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = "triangle";
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.6, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.17);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.18);
}

export function badge(count: number): void {
  document.title = count === 0 ? TITLE : `(${count}) 等候 · ${TITLE}`;
}

/** "unasked" offers the button; browsers want a press before they ask. */
export const notices = ref<"unasked" | "on" | "off">(
  typeof Notification === "undefined" || Notification.permission === "denied"
    ? "off"
    : Notification.permission === "granted"
      ? "on"
      : "unasked",
);

export async function askNotices(): Promise<void> {
  notices.value = (await Notification.requestPermission()) === "granted" ? "on" : "off";
}

/** No place, plate or name: a lock screen is public. */
export function notify(count: number): void {
  if (notices.value !== "on" || document.visibilityState === "visible") return;
  const notice = new Notification("有新的事故等待受理", { body: `当前等候 ${count} 起`, tag: "kuaichu-queue" });
  notice.onclick = () => {
    window.focus();
    notice.close();
  };
}
