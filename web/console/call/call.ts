/**
 * The officer's side of the call: joins when the case is on the desk, shows everybody, survives without a camera.
 * Sockets and codecs live in `shared/media`; here is only when to join, with what, and what the officer sees.
 */
import { onScopeDispose, ref, shallowRef } from "vue";
import type { MediaTicket } from "../../shared/contract";
import type { Call, CallView } from "../../shared/media/connection";
import type { Desk } from "../desk/desk";

/** Sharp enough to show a face and a document, small enough for a phone at the roadside. */
const CAMERA: MediaStreamConstraints = { audio: { echoCancellation: true }, video: { width: 640, height: 360, frameRate: 15 } };

export function useCall(desk: Desk) {
  const view = shallowRef<CallView | null>(null);
  const own = shallowRef<MediaStream | null>(null);
  /** Why there is no own picture; null while there is one or none was tried. */
  const withoutCamera = ref<string | null>(null);
  const muted = ref({ audio: false, video: false });
  let call: Call | null = null;
  let asked = 0;

  async function ticket(): Promise<MediaTicket> {
    return desk.api.post<MediaTicket>(`/accidents/${desk.id}/ticket`);
  }

  async function join(): Promise<void> {
    leave();
    const turn = asked;
    try {
      // The media client is fetched with the first call: the queue needs no video code.
      const [first, { joinCall }] = await Promise.all([ticket(), import("../../shared/media/connection")]);
      if (turn !== asked) return;
      let unused: string | null = first.ticket;
      call = joinCall({
        url: first.url,
        fetchTicket: async () => {
          const given = unused ?? (await ticket()).ticket;
          unused = null;
          return given;
        },
        onChange: (now) => turn === asked && (view.value = now),
      });
      void openCamera(turn);
    } catch {
      view.value = { state: "over", why: "没有接通，请再试一次。", participants: [] };
    }
  }

  /** The camera may take its time, or not exist: the officer sees the parties meanwhile. */
  async function openCamera(turn: number): Promise<void> {
    const stream = await capture();
    if (turn !== asked) return stream?.getTracks().forEach((track) => track.stop());
    own.value = stream;
    if (stream) call?.setStream(stream);
  }

  async function capture(): Promise<MediaStream | null> {
    const media = navigator.mediaDevices as MediaDevices | undefined;
    const tries = [CAMERA, { audio: CAMERA.audio ?? true }];
    for (const wanted of tries) {
      try {
        const stream = await media?.getUserMedia(wanted);
        if (stream) {
          withoutCamera.value = stream.getVideoTracks().length === 0 ? "没有摄像头，仅语音" : null;
          return stream;
        }
      } catch {
        // The next, smaller wish may be granted.
      }
    }
    withoutCamera.value = "没有摄像头和麦克风，只能看和听";
    return null;
  }

  function mute(kind: "audio" | "video"): void {
    muted.value = { ...muted.value, [kind]: !muted.value[kind] };
    call?.mute(kind, muted.value[kind]);
  }

  function leave(): void {
    asked += 1;
    call?.leave();
    call = null;
    view.value = null;
    // A camera that nobody looks through is off, and its light too.
    own.value?.getTracks().forEach((track) => track.stop());
    own.value = null;
    muted.value = { audio: false, video: false };
  }

  onScopeDispose(leave);
  return { view, own, withoutCamera, muted, join, leave, mute };
}
