/**
 * The call as the pages use it: carries out what `call.ts` decides, with a real socket, camera and peer connection.
 *
 * The page may hand over its camera before, during or after joining; nothing waits for it.
 */
import { step, type Call as State, type Effect, type Ending, type Event } from "./call";
import { Link, type Ears } from "./link";
import type { Role } from "./protocol";

export interface Participant {
  readonly id: string;
  readonly role: Role;
  readonly label: string;
  readonly state: "live" | "reconnecting";
  readonly audio?: MediaStreamTrack;
  readonly video?: MediaStreamTrack;
}

export interface CallView {
  readonly state: "joining" | "live" | "reconnecting" | "over";
  /** Only when over. */
  readonly ending?: Ending;
  /** Only when over: the same in words for the page. */
  readonly why?: string;
  /** Only when live: whether sound and picture are flowing. */
  readonly media?: "connecting" | "connected" | "interrupted";
  /** Everybody else. */
  readonly participants: readonly Participant[];
}

export interface JoinOptions {
  /** Of the media service's WebSocket: absolute, or relative to the page. */
  readonly url: string;
  /** Called for every attempt. A rejection with a `status` of 401, 403, 404, 409 or 410 ends the call. */
  readonly fetchTicket: () => Promise<string>;
  readonly stream?: MediaStream;
  readonly onChange: (view: CallView) => void;
}

export interface Call {
  /** What is sent from now on: another camera, or the first one. The stream stays the caller's to stop. */
  setStream(stream: MediaStream | null): void;
  /** Sends the other camera instead of the present one and gives the stream that is sent now. */
  switchCamera(facing: "user" | "environment"): Promise<MediaStream>;
  mute(kind: "audio" | "video", off: boolean): void;
  leave(): void;
  stats(): Promise<RTCStatsReport | null>;
}

const WHY: Readonly<Record<Ending, string>> = {
  left: "通话已结束。",
  replaced: "通话已在另一个页面接通，本页不再显示。",
  refused: "通话已结束或凭证失效，请返回后重新进入。",
  full: "通话人数已满，请稍后再试。",
};

const FINAL = [401, 403, 404, 409, 410];

export function joinCall(options: JoinOptions): Call {
  return new Connection(options);
}

class Connection implements Call {
  private state: State = { stage: "idle" };
  private link: Link | null = null;
  private stream: MediaStream | null;
  private readonly muted = { audio: false, video: false };
  private retry: ReturnType<typeof setTimeout> | undefined;
  private mediaDue: ReturnType<typeof setTimeout> | undefined;
  private readonly online = () => this.feed({ type: "online" });
  private readonly offline = () => this.feed({ type: "offline" });

  constructor(private readonly options: JoinOptions) {
    this.stream = options.stream ?? null;
    addEventListener("online", this.online);
    addEventListener("offline", this.offline);
    this.feed({ type: "join" });
  }

  setStream(stream: MediaStream | null): void {
    this.stream = stream;
    this.sendTracks();
  }

  async switchCamera(facing: "user" | "environment"): Promise<MediaStream> {
    const before = this.stream;
    // Many phones open only one camera at a time.
    before?.getVideoTracks().forEach((track) => track.stop());
    const camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing } });
    const stream = new MediaStream([...(before?.getAudioTracks() ?? []), ...camera.getVideoTracks()]);
    this.setStream(stream);
    return stream;
  }

  mute(kind: "audio" | "video", off: boolean): void {
    this.muted[kind] = off;
    this.sendTracks();
  }

  leave(): void {
    this.feed({ type: "leave" });
  }

  async stats(): Promise<RTCStatsReport | null> {
    return this.link ? this.link.peer.getStats() : null;
  }

  private feed(event: Event): void {
    const before = this.state;
    const [state, effects] = step(before, event);
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
    if (state !== before) this.options.onChange(this.view());
    if (state.stage === "over" && before.stage !== "over") {
      removeEventListener("online", this.online);
      removeEventListener("offline", this.offline);
    }
  }

  private carryOut(effect: Effect): void {
    switch (effect.do) {
      case "connect":
        this.disconnect();
        this.link = new Link(this.ears(), this.options.url, this.options.fetchTicket);
        return this.sendTracks();
      case "disconnect":
        return this.disconnect();
      case "say-leave":
        return this.link?.say({ type: "leave" });
      case "wait":
        this.retry = setTimeout(() => this.feed({ type: "retry" }), effect.ms);
        return;
      case "media-wait":
        clearTimeout(this.mediaDue);
        this.mediaDue = setTimeout(() => this.feed({ type: "media-due" }), effect.ms);
        return;
      case "restart-ice":
        return void this.link?.restartIce();
      case "answer":
        // Tracks have their mids only now.
        return void this.link?.answer(effect.sdp).then(() => this.options.onChange(this.view()));
      case "candidate":
        return this.link?.candidate(effect.candidate);
    }
  }

  private ears(): Ears {
    return {
      onMessage: (message) => this.feed({ type: "message", message }),
      onClosed: (code) => this.feed({ type: "closed", code }),
      onTicketError: (error) => this.feed(isFinal(error) ? { type: "refused" } : { type: "closed", code: 1006 }),
      onMedia: (state) => this.feed({ type: "media", state }),
      onSilent: () => this.feed({ type: "silent" }),
    };
  }

  private disconnect(): void {
    clearTimeout(this.retry);
    clearTimeout(this.mediaDue);
    this.link?.close();
    this.link = null;
  }

  private sendTracks(): void {
    const audio = this.stream?.getAudioTracks()[0] ?? null;
    const video = this.stream?.getVideoTracks()[0] ?? null;
    // A muted track sends silence or black, so that nobody looks at a frozen picture.
    if (audio) audio.enabled = !this.muted.audio;
    if (video) video.enabled = !this.muted.video;
    void this.link?.send(audio, video);
  }

  private view(): CallView {
    const { state } = this;
    if (state.stage === "over") return { state: "over", ending: state.why, why: WHY[state.why], participants: [] };
    if (state.stage === "idle") return { state: "joining", participants: [] };
    const participants = state.members.map((member): Participant => {
      const slot = state.slots.find(({ participant }) => participant === member.id);
      const audio = slot && this.link?.track(slot.audio);
      const video = slot && this.link?.track(slot.video);
      return { ...member, ...(audio && { audio }), ...(video && { video }) };
    });
    const media = state.stage === "live" ? { media: state.media } : {};
    return { state: state.stage, ...media, participants };
  }
}

function isFinal(error: unknown): boolean {
  return typeof error === "object" && error !== null && "status" in error && FINAL.includes(Number(error.status));
}
