/**
 * Somebody who is no party: an invited mediator or a person of an insurer. They see and hear the session, and the terms
 * when there are any; nothing of the case's file.
 *
 * Their link is the whole of their access: opening it makes a session in this browser, removing them ends it.
 */
import { shallowReactive } from "vue";
import { ApiProblem, createApi } from "../shared/api";
import type { MediaTicket } from "../shared/contract";
import type { GuestView } from "../shared/contract-mediation";
import { live, type Live } from "../shared/live";
import { endCall, ticketsFrom } from "./call";
import { state } from "./store";

const api = createApi("driver");

interface GuestState {
  view: GuestView | null;
  /** Why the link does not open, or no longer does. */
  over: string;
}

export const guest = shallowReactive<GuestState>({ view: null, over: "" });

let eyes: Live | null = null;

/** Opens the invitation. Rejects only when the network is down, so that the caller may try again. */
export async function startGuest(token: string): Promise<void> {
  try {
    guest.view = await api.post<GuestView>("/guest-sessions", { token });
  } catch (error) {
    if (error instanceof ApiProblem && error.offline) throw error;
    return end(error);
  }
  ticketsFrom(() => api.post<MediaTicket>("/guest/media-ticket"));
  eyes = live({ url: null, refetch: look, onReach: (reachable) => (state.reachable = reachable) });
}

async function look(): Promise<void> {
  try {
    guest.view = await api.get<GuestView>("/guest");
  } catch (error) {
    // 401, 404, 410: the invitation was taken back, or the case is over.
    if (error instanceof ApiProblem && !error.offline && error.status < 500) return end(error);
    throw error;
  }
}

function end(error: unknown): void {
  eyes?.stop();
  endCall();
  guest.view = null;
  guest.over = error instanceof ApiProblem ? error.message : "这个邀请已经失效。";
}
