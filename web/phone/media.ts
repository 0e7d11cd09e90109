/** The media client as this page uses it: fetched only when a call begins, because most of the first minutes need none. */
export interface Participant {
  id: string;
  role: string;
  label: string;
  state: "live" | "reconnecting";
  audio?: MediaStreamTrack;
  video?: MediaStreamTrack;
}

export interface CallView {
  state: "joining" | "live" | "reconnecting" | "over";
  why?: string;
  participants: Participant[];
}

export interface Call {
  setStream(stream: MediaStream): unknown;
  mute(kind: "audio" | "video", off: boolean): unknown;
  leave(): unknown;
}

interface Client {
  joinCall(options: {
    url: string;
    fetchTicket: () => Promise<string>;
    stream?: MediaStream;
    onChange: (view: CallView) => void;
  }): Call;
}

const CLIENT = import.meta.glob<Client>("../shared/media/connection.ts");

export async function loadClient(): Promise<Client> {
  const load = Object.values(CLIENT)[0];
  if (load === undefined) throw new Error("this build has no media client");
  return load();
}
