/**
 * The call of one participant, as a value.
 *
 * A `Call` is plain data and `step` a pure function: socket, peer connection, timers and camera live in
 * `connection.ts`, which feeds events in and carries out the effects that come back. So every path, also the ugly ones,
 * is tested without a browser. It never gives up by itself: a phone in a tunnel comes out at the other end.
 */
import { CLOSED, type Candidate, type Member, type ServerMessage, type Slot } from "./protocol";

/** `refused`: the ticket is not (or no longer) good and no new one is to be had. */
export type Ending = "left" | "replaced" | "refused" | "full";

export type Media = "connecting" | "connected" | "interrupted";

interface Scene {
  readonly me: string | null;
  /** Seconds since 1970; null until the service has welcomed us. */
  readonly expiresAt: number | null;
  readonly members: readonly Member[];
  readonly slots: readonly Slot[];
}

export type Call =
  | { readonly stage: "idle" }
  | ({ readonly stage: "joining"; readonly failures: number; readonly waiting: boolean } & Scene)
  | ({ readonly stage: "live"; readonly media: Media } & Scene)
  | ({ readonly stage: "reconnecting"; readonly failures: number; readonly waiting: boolean } & Scene)
  | { readonly stage: "over"; readonly why: Ending };

export type Event =
  | { readonly type: "join" }
  | { readonly type: "message"; readonly message: ServerMessage }
  /** The socket closed or never opened, or there was no ticket; `code` as far as there is one. */
  | { readonly type: "closed"; readonly code: number }
  /** Whoever gives out tickets says no for good. */
  | { readonly type: "refused" }
  /** Nothing was heard for too long, or the media did not come back. */
  | { readonly type: "silent" }
  | { readonly type: "retry" }
  | { readonly type: "media"; readonly state: "connected" | "disconnected" | "failed" }
  /** `media-wait` is over. */
  | { readonly type: "media-due" }
  | { readonly type: "online" }
  | { readonly type: "offline" }
  | { readonly type: "leave" };

export type Effect =
  /** Fetch a ticket, open socket and peer connection, say hello and offer; ends an earlier attempt. */
  | { readonly do: "connect" }
  | { readonly do: "disconnect" }
  | { readonly do: "say-leave" }
  /** Send `retry` after so long. */
  | { readonly do: "wait"; readonly ms: number }
  /** Send `media-due` after so long, replacing an earlier one. */
  | { readonly do: "media-wait"; readonly ms: number }
  | { readonly do: "restart-ice" }
  | { readonly do: "answer"; readonly sdp: string }
  | { readonly do: "candidate"; readonly candidate: Candidate };

/** Waits after the first, second … failure in a row; the last one repeats. In milliseconds. */
const WAITS = [500, 1_000, 2_000, 4_000, 8_000] as const;

/** A short interruption heals by itself; after this long we help. In milliseconds. */
const HEALS_WITHIN = 2_000;

/** An ICE restart that has not helped after this long is followed by a new connection. In milliseconds. */
const RESTART_WITHIN = 6_000;

type Step = readonly [Call, readonly Effect[]];

const EMPTY: Scene = { me: null, expiresAt: null, members: [], slots: [] };

export function step(call: Call, event: Event): Step {
  if (call.stage === "over") return [call, []];
  if (event.type === "leave") return end("left", [{ do: "say-leave" }]);
  if (call.stage === "idle") {
    if (event.type !== "join") return [call, []];
    return [{ stage: "joining", failures: 0, waiting: false, ...EMPTY }, [{ do: "connect" }]];
  }
  switch (event.type) {
    case "join":
      return [call, []];
    case "message":
      return hear(call, event.message);
    case "closed":
      return closed(call, event.code);
    case "refused":
      return end("refused");
    case "silent":
      return call.stage === "live" ? again(call, 1) : [call, []];
    case "retry":
      return call.stage !== "live" && call.waiting ? [{ ...call, waiting: false }, [{ do: "connect" }]] : [call, []];
    case "media":
    case "media-due":
      return call.stage === "live" ? media(call, event) : [call, []];
    case "online":
      if (call.stage === "live") return [call, [{ do: "restart-ice" }, { do: "media-wait", ms: RESTART_WITHIN }]];
      return [{ ...call, failures: 0, waiting: false }, [{ do: "connect" }]];
    case "offline":
      return call.stage === "live" ? [{ ...call, media: "interrupted" }, []] : [call, []];
  }
}

type Under = Exclude<Call, { stage: "idle" | "over" }>;
type Live = Extract<Call, { stage: "live" }>;

function hear(call: Under, message: ServerMessage): Step {
  switch (message.type) {
    case "welcome": {
      const scene: Scene = {
        me: message.participant,
        expiresAt: message.expires_at,
        members: message.members,
        slots: call.slots,
      };
      return [{ stage: "live", media: "connecting", ...scene }, [{ do: "media-wait", ms: 4 * RESTART_WITHIN }]];
    }
    case "member": {
      const others = call.members.filter((member) => member.id !== message.member.id);
      return [{ ...call, members: [...others, message.member] }, []];
    }
    case "left": {
      const members = call.members.filter((member) => member.id !== message.participant);
      return [{ ...call, members }, []];
    }
    case "slots":
      return [{ ...call, slots: message.slots }, []];
    case "answer":
      return [call, [{ do: "answer", sdp: message.sdp }]];
    case "candidate":
      return [call, [{ do: "candidate", candidate: message }]];
    case "error":
      // Without an answer there is no call: a fresh connection makes a fresh offer, but not in a hurry.
      return message.code === "bad_sdp" && call.stage === "live" ? again(call, WAITS.length) : [call, []];
    case "pong":
      return [call, []];
  }
}

function closed(call: Under, code: number): Step {
  switch (code) {
    case CLOSED.replaced:
      return end("replaced");
    case CLOSED.roomFull:
      return end("full");
    case CLOSED.wrongRoom:
      return end("refused");
    case CLOSED.badTicket:
      // The ticket of a running call has run out: a new one may do. A fresh ticket that is refused will stay so.
      return call.stage === "live" ? again(call, 1) : end("refused");
    default:
      if (call.stage === "live") return again(call, 1);
      return call.waiting ? [call, []] : again(call, call.failures + 1);
  }
}

/** The connection is lost, for the `failures`-th time in a row: the next comes after a wait. */
function again(call: Under, failures: number): Step {
  const { me, expiresAt, members, slots } = call;
  const stage = call.stage === "joining" ? "joining" : "reconnecting";
  const ms = WAITS[Math.min(failures, WAITS.length) - 1] ?? 8_000;
  const effects: Effect[] = [{ do: "disconnect" }, { do: "wait", ms }];
  return [{ stage, failures, waiting: true, me, expiresAt, members, slots }, effects];
}

function media(call: Live, event: Extract<Event, { type: "media" | "media-due" }>): Step {
  if (event.type === "media-due") {
    if (call.media === "connected") return [call, []];
    return again(call, 1);
  }
  switch (event.state) {
    case "connected":
      return [{ ...call, media: "connected" }, []];
    case "disconnected":
      return [
        { ...call, media: "interrupted" },
        [{ do: "restart-ice" }, { do: "media-wait", ms: HEALS_WITHIN + RESTART_WITHIN }],
      ];
    case "failed":
      return [{ ...call, media: "interrupted" }, [{ do: "restart-ice" }, { do: "media-wait", ms: RESTART_WITHIN }]];
  }
}

function end(why: Ending, first: readonly Effect[] = []): Step {
  return [{ stage: "over", why }, [...first, { do: "disconnect" }]];
}
