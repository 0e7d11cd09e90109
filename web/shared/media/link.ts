/**
 * One attempt at a connection: a socket, a peer connection and their wiring. It never comes back to life: after
 * `close` nothing of it is heard again, and a new attempt is a new link.
 */
import { SLOTS, type Candidate, type ClientMessage, type ServerMessage } from "./protocol";

export interface Ears {
  onMessage(message: ServerMessage): void;
  onClosed(code: number): void;
  /** `fetchTicket` failed. */
  onTicketError(error: unknown): void;
  onMedia(state: "connected" | "disconnected" | "failed"): void;
  /** Nothing was heard for too long. */
  onSilent(): void;
}

const PING_EVERY = 10_000;
const SILENCE_MAX = 25_000;
/** What `onClosed` says when there was no close code. */
const NO_CODE = 1006;

export class Link {
  readonly peer: RTCPeerConnection;
  private readonly audio: RTCRtpSender;
  private readonly video: RTCRtpSender;
  private socket: WebSocket | null = null;
  /** Messages that wait for the socket to open. */
  private readonly early: ClientMessage[] = [];
  /** Candidates that wait for the answer. */
  private theirs: RTCIceCandidateInit[] | null = [];
  private heard = Date.now();
  private readonly pulse: ReturnType<typeof setInterval>;
  private dead = false;

  constructor(
    private readonly ears: Ears,
    url: string,
    fetchTicket: () => Promise<string>,
  ) {
    this.peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.audio = this.peer.addTransceiver("audio", { direction: "sendrecv" }).sender;
    this.video = this.peer.addTransceiver("video", { direction: "sendrecv" }).sender;
    for (let slot = 1; slot < SLOTS; slot += 1) {
      this.peer.addTransceiver("audio", { direction: "recvonly" });
      this.peer.addTransceiver("video", { direction: "recvonly" });
    }
    this.peer.onicecandidate = ({ candidate }) => {
      if (candidate === null) return;
      this.say({ type: "candidate", candidate: candidate.candidate, mid: candidate.sdpMid, line: candidate.sdpMLineIndex });
    };
    this.peer.onconnectionstatechange = () => {
      const state = this.peer.connectionState;
      if (!this.dead && (state === "connected" || state === "disconnected" || state === "failed")) ears.onMedia(state);
    };
    this.pulse = setInterval(() => this.beat(), PING_EVERY);
    // The offer is made while the ticket is fetched and the socket opens; neither waits for a camera.
    const offered = this.offer();
    void this.open(url, fetchTicket, offered);
  }

  /** The track of the media line `mid`, once it is negotiated. */
  track(mid: string): MediaStreamTrack | undefined {
    return this.peer.getTransceivers().find((transceiver) => transceiver.mid === mid)?.receiver.track;
  }

  /** What is sent from now on; null sends nothing. Needs no negotiation. */
  async send(audio: MediaStreamTrack | null, video: MediaStreamTrack | null): Promise<void> {
    if (this.dead) return;
    await Promise.all([this.audio.replaceTrack(audio), this.video.replaceTrack(video)]).catch(() => undefined);
  }

  async answer(sdp: string): Promise<void> {
    if (this.dead || this.peer.signalingState !== "have-local-offer") return;
    try {
      await this.peer.setRemoteDescription({ type: "answer", sdp });
    } catch {
      return this.closed(NO_CODE);
    }
    const waiting = this.theirs ?? [];
    this.theirs = null;
    for (const candidate of waiting) this.add(candidate);
  }

  candidate({ candidate, mid, line }: Candidate): void {
    const init: RTCIceCandidateInit = { candidate, sdpMid: mid, sdpMLineIndex: line };
    if (this.theirs) this.theirs.push(init);
    else this.add(init);
  }

  /** Looks for a new way on the network; the session stays. */
  async restartIce(): Promise<void> {
    if (this.dead || this.peer.signalingState !== "stable" || this.peer.remoteDescription === null) return;
    this.peer.restartIce();
    this.say(await this.offer());
  }

  say(message: ClientMessage): void {
    if (this.dead) return;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
    else this.early.push(message);
  }

  close(): void {
    if (this.dead) return;
    this.dead = true;
    clearInterval(this.pulse);
    this.socket?.close(1000);
    this.peer.close();
  }

  private async offer(): Promise<ClientMessage> {
    await this.peer.setLocalDescription();
    return { type: "offer", sdp: this.peer.localDescription?.sdp ?? "" };
  }

  private async open(url: string, fetchTicket: () => Promise<string>, offered: Promise<ClientMessage>): Promise<void> {
    let ticket: string;
    let offer: ClientMessage;
    try {
      [ticket, offer] = await Promise.all([fetchTicket(), offered]);
    } catch (error) {
      if (!this.dead) this.ears.onTicketError(error);
      return;
    }
    if (this.dead) return;
    const socket = new WebSocket(webSocketUrl(url));
    this.socket = socket;
    socket.onopen = () => {
      // Candidates may have been found already; they belong behind the offer.
      const found = this.early.splice(0);
      for (const message of [{ type: "hello", ticket } as const, offer, ...found]) this.say(message);
    };
    socket.onmessage = ({ data }) => {
      this.heard = Date.now();
      if (!this.dead) this.ears.onMessage(JSON.parse(String(data)) as ServerMessage);
    };
    socket.onclose = ({ code }) => this.closed(code);
  }

  private add(candidate: RTCIceCandidateInit): void {
    // A candidate that is no use is no reason to stop.
    this.peer.addIceCandidate(candidate).catch(() => undefined);
  }

  private beat(): void {
    if (Date.now() - this.heard > SILENCE_MAX) this.ears.onSilent();
    else if (this.socket?.readyState === WebSocket.OPEN) this.say({ type: "ping" });
  }

  private closed(code: number): void {
    if (!this.dead) this.ears.onClosed(code);
  }
}

function webSocketUrl(url: string): string {
  const absolute = new URL(url, location.href);
  absolute.protocol = absolute.protocol.replace("http", "ws");
  return absolute.href;
}
