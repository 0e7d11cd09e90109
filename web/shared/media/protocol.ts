/** The messages of `GET /media/ws` and its close codes, as docs/signaling.md has them. */

export type Role = "driver" | "officer" | "guest";

export interface Member {
  readonly id: string;
  readonly role: Role;
  readonly label: string;
  readonly state: "live" | "reconnecting";
}

export interface Slot {
  readonly audio: string;
  readonly video: string;
  readonly participant: string | null;
}

export interface Candidate {
  readonly candidate: string;
  readonly mid: string | null;
  readonly line: number | null;
}

export type ClientMessage =
  | { readonly type: "hello"; readonly ticket: string }
  | { readonly type: "offer"; readonly sdp: string }
  | ({ readonly type: "candidate" } & Candidate)
  | { readonly type: "ping" }
  | { readonly type: "leave" };

export type ServerMessage =
  | {
      readonly type: "welcome";
      readonly participant: string;
      readonly room: string;
      /** Seconds since 1970. */
      readonly expires_at: number;
      readonly members: readonly Member[];
    }
  | { readonly type: "answer"; readonly sdp: string }
  | ({ readonly type: "candidate" } & Candidate)
  | { readonly type: "slots"; readonly slots: readonly Slot[] }
  | { readonly type: "member"; readonly member: Member }
  | { readonly type: "left"; readonly participant: string }
  | { readonly type: "pong" }
  | { readonly type: "error"; readonly code: "bad_message" | "bad_sdp" | "bad_candidate"; readonly message: string };

/** Pairs of one audio and one video line in every offer. */
export const SLOTS = 5;

/** Close codes after which coming again is pointless, and one (4401) after which it takes a new ticket. */
export const CLOSED = { badTicket: 4401, wrongRoom: 4403, replaced: 4409, roomFull: 4423 } as const;
