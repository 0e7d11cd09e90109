/**
 * The media client, fetched when a call begins: the queue needs no video code.
 * A build without it answers null, and the desk works with photographs alone.
 */
export interface Participant {
  readonly id: string;
  readonly role: string;
  readonly label: string;
  readonly state: "live" | "reconnecting";
  readonly audio?: MediaStreamTrack;
  readonly video?: MediaStreamTrack;
}

export interface CallView {
  readonly state: "joining" | "live" | "reconnecting" | "over";
  readonly why?: string;
  readonly participants: readonly Participant[];
}

export interface Call {
  setStream(stream: MediaStream): void;
  mute(kind: "audio" | "video", off: boolean): void;
  leave(): void;
}

export type Join = (options: { url: string; fetchTicket: () => Promise<string>; onChange: (view: CallView) => void }) => Call;

const present = import.meta.glob<{ joinCall: Join }>("../../shared/media/connection.ts");

export async function mediaClient(): Promise<Join | null> {
  const load = Object.values(present)[0];
  return load ? (await load()).joinCall : null;
}
