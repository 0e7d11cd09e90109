/**
 * The video call of this phone: camera and microphone here, everybody else through the media service.
 *
 * It lives as long as the page and not as long as a screen, because the law wants the recording to run on while a party
 * signs. No call is needed to finish a case: sound only and photos only are ways of their own.
 */
import { computed, shallowReactive, watch } from "vue";
import { ApiProblem } from "../shared/api";
import type { MediaTicket } from "../shared/contract";
import type { Call, CallView } from "../shared/media/connection";
import { cameraSentence, hasCamera, openCamera, stillOf, stopStream, type Facing } from "./camera";
import { takeStill } from "./shoot";
import { ask, state } from "./store";
import { stillsForMe } from "./step";

export type Way = "video" | "audio" | "photos";

interface CallState {
  /** Null until the driver has chosen how to take part. */
  way: Way | null;
  view: CallView | null;
  stream: MediaStream | null;
  facing: Facing;
  busy: boolean;
  muted: boolean;
  pictureOff: boolean;
  /** Why the call could not be joined, as a sentence. */
  error: string;
  /** How many stills this phone has taken; the last moment one was. */
  stills: number;
  /** A still was asked for and there is no camera stream to take it from. */
  owed: string | null;
}

export const call = shallowReactive<CallState>({
  way: null,
  view: null,
  stream: null,
  facing: "environment",
  busy: false,
  muted: false,
  pictureOff: false,
  error: "",
  stills: 0,
  owed: null,
});

/** Where this phone's tickets come from: the driver's case, unless a guest's page says otherwise. */
let ticket = (): Promise<MediaTicket> => ask<MediaTicket>("/ticket");

export function ticketsFrom(source: () => Promise<MediaTicket>): void {
  ticket = source;
}

const SIZE = { width: 1280, height: 720 };
let connection: Call | null = null;

export const officerSeen = computed(() => call.view?.participants.find((one) => one.role === "officer") ?? null);
export const others = computed(() => call.view?.participants.filter((one) => one.role !== "officer") ?? []);
/** The call stands or is coming back by itself. */
export const running = computed(() => call.view !== null && call.view.state !== "over");

/** Takes part; a press of a button, because browsers want one before they play sound or ask for the camera. */
export async function takePart(way: Way): Promise<void> {
  if (call.busy) return;
  call.busy = true;
  call.error = "";
  try {
    if (way === "photos") return void leaveCall();
    const stream = await open(way);
    stopStream(call.stream);
    call.stream = stream;
    call.muted = call.pictureOff = false;
    if (connection === null) await connect(stream);
    else connection.setStream(stream);
  } catch (error) {
    call.error = sentence(error);
    return;
  } finally {
    call.busy = false;
    if (call.error === "") call.way = way;
  }
  void answerStills();
}

function sentence(error: unknown): string {
  if (error instanceof DOMException) return cameraSentence(error);
  return error instanceof ApiProblem ? error.message : "通话没有接通，请再试一次。";
}

async function open(way: "video" | "audio"): Promise<MediaStream> {
  if (!hasCamera()) throw new DOMException("no camera", "NotFoundError");
  if (way === "audio") return navigator.mediaDevices.getUserMedia({ audio: true });
  return openCamera(call.facing, SIZE, true);
}

async function connect(stream: MediaStream): Promise<void> {
  // Fetched only now: most of the first minutes need no media client.
  const { joinCall } = await import("../shared/media/connection");
  let first: MediaTicket | null = await ticket();
  connection = joinCall({
    url: first.url,
    // The first ticket told the address and is used for the first join; every later join fetches its own.
    fetchTicket: async () => {
      const fresh = first ?? (await ticket());
      first = null;
      return fresh.ticket;
    },
    stream,
    onChange: (view: CallView) => {
      call.view = view;
      if (view.state === "over") connection = null;
    },
  });
}

/** One big button: whatever is broken, begin anew with what the driver chose. */
export async function resume(): Promise<void> {
  connection?.leave();
  connection = null;
  call.view = null;
  await takePart(call.way === "audio" ? "audio" : "video");
}

function leaveCall(): void {
  connection?.leave();
  connection = null;
  stopStream(call.stream);
  call.stream = null;
  call.view = null;
}

export function endCall(): void {
  leaveCall();
  call.way = null;
}

export async function switchCamera(): Promise<void> {
  if (call.stream === null || call.busy) return;
  call.busy = true;
  const facing: Facing = call.facing === "environment" ? "user" : "environment";
  try {
    // Most phones cannot hold two cameras open: the old track must end before the new one opens.
    call.stream.getVideoTracks().forEach((track) => track.stop());
    const fresh = await openCamera(facing, SIZE, false);
    const stream = new MediaStream([...call.stream.getAudioTracks(), ...fresh.getVideoTracks()]);
    call.stream = stream;
    call.facing = facing;
    connection?.setStream(stream);
  } catch (error) {
    call.error = cameraSentence(error);
  } finally {
    call.busy = false;
  }
}

export function mute(kind: "audio" | "video", off: boolean): void {
  connection?.mute(kind, off);
  const tracks = kind === "audio" ? call.stream?.getAudioTracks() : call.stream?.getVideoTracks();
  tracks?.forEach((track) => (track.enabled = !off));
  if (kind === "audio") call.muted = off;
  else call.pictureOff = off;
}

/* Stills: the officer asks, the phone takes one at full resolution */

const answeredStills = new Set<string>();

async function answerStills(): Promise<void> {
  if (state.view === null) return;
  const asked = stillsForMe(state.view).filter((id) => !answeredStills.has(id));
  const track = call.stream?.getVideoTracks().find((one) => one.readyState === "live");
  if (track === undefined) {
    call.owed = asked[0] ?? null;
    return;
  }
  for (const id of asked) {
    answeredStills.add(id);
    try {
      await takeStill(await stillOf(track), id);
      call.stills += 1;
    } catch {
      // The camera went away under us: the driver is asked for a photo instead.
      answeredStills.delete(id);
      call.owed = id;
      return;
    }
  }
  call.owed = null;
}

/** The driver took the owed photo with the system camera. */
export async function giveStill(file: Blob): Promise<void> {
  const id = call.owed;
  if (id === null) return;
  answeredStills.add(id);
  call.owed = null;
  await takeStill(file, id);
  call.stills += 1;
}

watch(
  () => state.view,
  (view) => {
    if (view === null || view.stage === "closed" || view.stage === "escalated") endCall();
    else void answerStills();
  },
);
