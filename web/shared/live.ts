/**
 * Keeping a view fresh: server-sent events wake us, polling is the truth.
 *
 * An event never carries state, it only says "look again". The browser resumes a cut stream by `Last-Event-ID` on its
 * own; a stream that was refused is opened anew. When events fail altogether the view is still at most one poll old.
 */
export interface LiveOptions {
  /** SSE address; null polls only. */
  url: string | null;
  /** Fetches and stores the view; may reject, the next poll tries again. */
  refetch: () => Promise<unknown>;
  /** Called with false when the last refetch failed, with true when it worked again. */
  onReach?: (reachable: boolean) => void;
  event?: string;
  poll_ms?: number;
}

export interface Live {
  /** Look again now; bursts become one request, and one more after it. */
  refresh(): Promise<void>;
  stop(): void;
}

const POLL_MS = 10_000;
const REOPEN_MS = 5_000;

export function live(options: LiveOptions): Live {
  const { url, refetch, onReach, event = "accident", poll_ms = POLL_MS } = options;
  let stopped = false;
  let running: Promise<void> | null = null;
  let again = false;
  let source: EventSource | null = null;
  let reopen: ReturnType<typeof setTimeout> | undefined;

  async function look(): Promise<void> {
    do {
      again = false;
      try {
        await refetch();
        onReach?.(true);
      } catch {
        onReach?.(false);
      }
    } while (again && !stopped);
  }

  function refresh(): Promise<void> {
    if (stopped) return Promise.resolve();
    if (running !== null) {
      again = true;
      return running;
    }
    running = look().finally(() => (running = null));
    return running;
  }

  function open(): void {
    if (url === null || stopped || typeof EventSource === "undefined") return;
    source = new EventSource(url, { withCredentials: true });
    source.addEventListener(event, () => void refresh());
    source.onerror = () => {
      if (source?.readyState !== EventSource.CLOSED) return;
      source.close();
      reopen = setTimeout(open, REOPEN_MS);
    };
  }

  const wake = () => {
    if (document.visibilityState === "visible") void refresh();
  };
  const timer = setInterval(() => void refresh(), poll_ms);
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  open();

  return {
    refresh,
    stop() {
      stopped = true;
      clearInterval(timer);
      clearTimeout(reopen);
      document.removeEventListener("visibilitychange", wake);
      window.removeEventListener("online", wake);
      source?.close();
    },
  };
}
