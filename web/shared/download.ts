/**
 * A big file from the service, with how far it has come, and a way to stop it.
 *
 * Where the browser lets a page write a file, it goes to the disk as it comes and never lies in memory; elsewhere the
 * browser keeps it until it is whole. A file that breaks off on the way is an error: half of it must not look whole.
 */
import { ApiProblem, problemOf } from "./api";

export interface Progress {
  readonly done: number;
  /** Null: the service does not say. */
  readonly total: number | null;
}

/** Where it goes, piece by piece. */
export interface Sink {
  write(piece: Uint8Array): Promise<void>;
  /** It is whole. */
  close(): Promise<void>;
  /** It is not: what came is thrown away. */
  abort(): Promise<void>;
}

const BROKEN = "下载中断，文件不完整，已经丢弃。请再试一次。";

export async function download(response: Response, sink: Sink, onProgress: (progress: Progress) => void): Promise<void> {
  if (!response.ok) {
    await sink.abort();
    throw await problemOf(response);
  }
  const length = Number(response.headers.get("Content-Length"));
  const total = Number.isFinite(length) && length > 0 ? length : null;
  let done = 0;
  onProgress({ done, total });
  try {
    const reader = response.body?.getReader();
    for (let piece = await reader?.read(); piece !== undefined && !piece.done; piece = await reader?.read()) {
      await sink.write(piece.value);
      done += piece.value.byteLength;
      onProgress({ done, total });
    }
    if (total !== null && done !== total) throw new ApiProblem(0, "broken_off", BROKEN);
    await sink.close();
  } catch (error) {
    await sink.abort().catch(() => undefined);
    if (error instanceof ApiProblem || (error as { name?: string }).name === "AbortError") throw error;
    throw new ApiProblem(0, "broken_off", BROKEN);
  }
}

/** The name that the service proposes (RFC 6266), or `fallback`. */
export function nameOf(disposition: string | null, fallback: string): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  try {
    if (encoded !== undefined) return decodeURIComponent(encoded);
  } catch {
    // Not well encoded: the plain name must do.
  }
  return /filename="([^"]+)"/i.exec(disposition ?? "")?.[1] ?? fallback;
}

interface Picker {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<{ createWritable(): Promise<FileSystemWritableFileStream> }>;
}

/**
 * A file on this computer. Must be called while the press is fresh, or the browser does not ask where to.
 *
 * @throws an `AbortError` when nobody wants it any more.
 */
export async function fileSink(name: string): Promise<Sink> {
  const pick = (window as Picker).showSaveFilePicker;
  if (pick === undefined) return memorySink(name);
  const stream = await (await pick.call(window, { suggestedName: name })).createWritable();
  return {
    write: (piece) => stream.write(piece as Uint8Array<ArrayBuffer>),
    close: () => stream.close(),
    abort: () => stream.abort(),
  };
}

function memorySink(name: string): Sink {
  let pieces: BlobPart[] = [];
  return {
    write: async (piece) => void pieces.push(piece as Uint8Array<ArrayBuffer>),
    async close() {
      const url = URL.createObjectURL(new Blob(pieces));
      const link = Object.assign(document.createElement("a"), { href: url, download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    },
    abort: async () => void (pieces = []),
  };
}

const UNITS = ["B", "KB", "MB", "GB"] as const;

/** "3.2 MB" */
export function sizeWords(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1_000)));
  return `${power === 0 ? bytes : (bytes / 1_000 ** power).toFixed(1)} ${UNITS[power]}`;
}
