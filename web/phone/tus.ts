/**
 * Sending bytes over a network that comes and goes: the core of tus 1.0, and no more.
 *
 * A cut keeps what arrived: after it we ask for the offset and go on from there. Pieces grow while the network carries
 * them and shrink after a cut. A refusal of the service is final and thrown; a cut never is, it is waited out.
 */
import { ApiProblem, problemOf } from "../shared/api";

export interface TusOutside {
  fetch: typeof fetch;
  wait: (ms: number) => Promise<void>;
  /** Milliseconds of any steady clock, to see how fast a piece went. */
  now: () => number;
}

export interface TusUpload {
  /** Where uploads are created. */
  readonly create: string;
  /** The upload's own address when it was created earlier, before a reload. */
  readonly known: string | null;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Told the address as soon as there is one: keep it, so that a reload resumes. */
  readonly onCreated: (url: string) => void | Promise<void>;
  readonly onProgress: (sent: number) => void;
  /** True: stop quietly at the next pause (another photo is more urgent, the page closes). */
  readonly stopped: () => boolean;
}

export const PIECE_MIN = 64 * 1024;
export const PIECE_MAX = 256 * 1024;
/** A piece that took less than this may grow. */
const QUICK_MS = 1500;
const WAIT_MIN_MS = 1000;
const WAIT_MAX_MS = 15_000;

const VERSION = { "Tus-Resumable": "1.0.0" } as const;

/** `Upload-Metadata`: keys in clear, values as Base64 of their UTF-8. */
export function metadataHeader(metadata: Readonly<Record<string, string>>): string {
  return Object.entries(metadata)
    .map(([key, value]) => `${key} ${btoa(String.fromCharCode(...new TextEncoder().encode(value)))}`)
    .join(",");
}

/** Resolves with true when every byte is there, with false when `stopped` said so. */
export async function upload(job: TusUpload, outside: TusOutside): Promise<boolean> {
  let url = job.known;
  let offset: number | null = null;
  let piece = PIECE_MIN;
  let pause = WAIT_MIN_MS;
  while (!job.stopped()) {
    try {
      if (url === null) {
        url = await create(job, outside);
        offset = 0;
        await job.onCreated(url);
      }
      offset ??= await offsetOf(url, outside);
      if (offset === null) {
        url = null;
        continue;
      }
      job.onProgress(offset);
      if (offset >= job.bytes.length) return true;
      const started = outside.now();
      const next = await patch(url, job.bytes, offset, piece, outside);
      if (next !== null && outside.now() - started < QUICK_MS) piece = Math.min(PIECE_MAX, piece * 2);
      offset = next;
      pause = WAIT_MIN_MS;
    } catch (error) {
      if (error instanceof ApiProblem) throw error;
      offset = null;
      piece = PIECE_MIN;
      await outside.wait(pause);
      pause = Math.min(WAIT_MAX_MS, pause * 2);
    }
  }
  return false;
}

/** A cut or a gateway's answer: nothing is known, ask for the offset. */
class Cut extends Error {}

async function reach(outside: TusOutside, url: string, init: RequestInit): Promise<Response> {
  const response = await outside.fetch(url, { credentials: "same-origin", cache: "no-store", ...init });
  if (response.status >= 500 || response.status === 408 || response.status === 423) throw new Cut();
  if (response.status === 429) throw new Cut();
  return response;
}

async function create(job: TusUpload, outside: TusOutside): Promise<string> {
  const response = await reach(outside, job.create, {
    method: "POST",
    headers: { ...VERSION, "Upload-Length": String(job.bytes.length), "Upload-Metadata": metadataHeader(job.metadata) },
  });
  const location = response.headers.get("Location");
  if (response.status !== 201 || location === null) throw await problemOf(response);
  // A proxy may make the address absolute with a host this page must not talk to: only the path counts.
  return location.replace(/^https?:\/\/[^/]+/, "");
}

/** Bytes the service has; null when it no longer knows the upload. */
async function offsetOf(url: string, outside: TusOutside): Promise<number | null> {
  const response = await reach(outside, url, { method: "HEAD", headers: VERSION });
  if (response.status === 404 || response.status === 410) return null;
  const offset = Number(response.headers.get("Upload-Offset") ?? "x");
  if (!response.ok || !Number.isInteger(offset)) throw await problemOf(response);
  return offset;
}

/** The new offset; null when ours was wrong and must be asked for. */
async function patch(
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
  offset: number,
  piece: number,
  outside: TusOutside,
): Promise<number | null> {
  const response = await reach(outside, url, {
    method: "PATCH",
    headers: { ...VERSION, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" },
    body: bytes.subarray(offset, offset + piece),
  });
  if (response.status === 404 || response.status === 410) return null;
  if (response.status === 409 && !(await isProblem(response))) return null;
  if (!response.ok) throw await problemOf(response);
  const next = Number(response.headers.get("Upload-Offset") ?? "x");
  return Number.isInteger(next) ? next : null;
}

/** A 409 with a code of its own (photo_limit …) is a refusal; a bare one or `offset_mismatch` means: ask again. */
async function isProblem(response: Response): Promise<boolean> {
  const problem = await problemOf(response.clone());
  return !["http_409", "offset_mismatch", "upload_offset"].includes(problem.code);
}
