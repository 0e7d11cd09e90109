/**
 * Saves a form by itself: after a pause, on leaving a field, and again after the network came back.
 *
 * It knows neither the screen nor the clock nor the network: all three are given. What is typed is never
 * thrown away. A stale save fetches the newer state, merges it under what was typed, and tries again.
 */
import { accepted, isDirty, takeTheirs, type Draft } from "./merge";

export type SaveState =
  | { readonly is: "clean" }
  | { readonly is: "typing" }
  | { readonly is: "saving" }
  | { readonly is: "saved" }
  | { readonly is: "invalid"; readonly why: string }
  | { readonly is: "offline" };

/** What a save attempt came to. */
export type Outcome<T> =
  | { readonly got: "stored"; readonly stored: T }
  | { readonly got: "stale"; readonly theirs: T }
  | { readonly got: "invalid"; readonly why: string }
  | { readonly got: "offline" };

export interface Around<T> {
  save(mine: T): Promise<Outcome<T>>;
  /** Calls back once after so many milliseconds; answers a function that cancels. */
  after(ms: number, then: () => void): () => void;
  /** Called whenever the draft or its state changed. */
  changed(draft: Draft<T>, state: SaveState): void;
}

export const PAUSE_MS = 1_000;
export const RETRY_MS = 3_000;
/** Drivers send photos all the time, each a new version; more in a row than this is a fault, not bad luck. */
const STALE_MAX = 8;

export interface Saver<T> {
  readonly draft: () => Draft<T>;
  /** The officer changed something. */
  type(mine: T): void;
  /** The server's state arrived by itself. */
  hear(theirs: T): void;
  /** The form is closed for writing: it shows what the server holds, nothing else. */
  freeze(theirs: T): void;
  /** Save now (a field was left, the case is about to be decided); true when nothing is left unsaved. */
  flush(): Promise<boolean>;
  stop(): void;
}

export function createSaver<T>(start: Draft<T>, around: Around<T>): Saver<T> {
  let draft = start;
  let running: Promise<void> | null = null;
  let cancel = (): void => undefined;
  let stopped = false;

  function show(state: SaveState): void {
    if (!stopped) around.changed(draft, state);
  }

  function later(ms: number): void {
    cancel();
    cancel = around.after(ms, () => void flush());
  }

  async function run(): Promise<void> {
    for (let stale = 0; isDirty(draft) && stale <= STALE_MAX; ) {
      const sent = draft.mine;
      show({ is: "saving" });
      const outcome = await around.save(sent);
      if (outcome.got === "stored") {
        draft = accepted(draft, sent, outcome.stored);
        show({ is: isDirty(draft) ? "typing" : "saved" });
      } else if (outcome.got === "stale") {
        draft = takeTheirs(draft, outcome.theirs);
        stale += 1;
      } else if (outcome.got === "invalid") {
        // Typed on since? Then the newer text deserves its own try.
        if (draft.mine !== sent) continue;
        return show({ is: "invalid", why: outcome.why });
      } else {
        show({ is: "offline" });
        return later(RETRY_MS);
      }
    }
    if (isDirty(draft)) later(RETRY_MS);
  }

  async function flush(): Promise<boolean> {
    cancel();
    if (!stopped) {
      running ??= run().finally(() => (running = null));
      await running;
    }
    return !isDirty(draft);
  }

  return {
    draft: () => draft,
    type(mine) {
      draft = { ...draft, mine };
      show({ is: isDirty(draft) ? "typing" : "clean" });
      if (isDirty(draft)) later(PAUSE_MS);
    },
    hear(theirs) {
      const wasDirty = isDirty(draft);
      draft = takeTheirs(draft, theirs);
      if (!wasDirty || !isDirty(draft)) show({ is: "clean" });
      else show({ is: "typing" });
    },
    freeze(theirs) {
      cancel();
      draft = { base: theirs, mine: theirs };
      show({ is: "clean" });
    },
    flush,
    stop() {
      stopped = true;
      cancel();
    },
  };
}


