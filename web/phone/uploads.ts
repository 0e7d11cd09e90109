/**
 * Photos on their way: kept in this browser until the service has them, also over a reload.
 *
 * Order: what an officer asked for, then every preview, then the larger copies. IndexedDB is a buffer for minutes, not
 * an archive: the larger copy is dropped here as soon as it has arrived, everything else after a day.
 */
import { openDB, type IDBPDatabase } from "idb";
import { computed, shallowRef } from "vue";
import { ApiProblem, API_BASE } from "../shared/api";
import { newId } from "../shared/id";
import { upload, type TusOutside } from "./tus";

export type Shot = "impact" | "plate" | "overview" | "damage" | "licence" | "other";

export interface Part {
  /** Null once it has arrived and is not needed here any more. */
  bytes: Uint8Array<ArrayBuffer> | null;
  sha256: string;
  size: number;
  /** Where the service takes it, once it is created there. */
  url: string | null;
  sent: number;
  done: boolean;
}

export interface Photo {
  id: string;
  accident_id: string;
  kind: "photo" | "still";
  shot: Shot;
  /** The officer's request this answers. */
  still: string | null;
  taken_at: string;
  /** The service did not believe `taken_at`. */
  clockWrong: boolean;
  position: { latitude: number; longitude: number; accuracy_m: number } | null;
  preview: Part | null;
  full: Part;
  /** Why the service refused it; null while it is on its way. */
  failed: string | null;
}

const KEEP_MS = 24 * 3600 * 1000;

export const photos = shallowRef<readonly Photo[]>([]);
/** Photos of this accident that have not arrived in full. */
export const waiting = computed(() => photos.value.filter((photo) => !photo.full.done && photo.failed === null).length);
/** Bytes that arrived and bytes in all, of what is on its way. */
export const progress = computed(() => {
  const parts = photos.value.filter((photo) => photo.failed === null).flatMap(partsOf);
  const total = parts.reduce((sum, part) => sum + part.size, 0);
  return total === 0 ? 1 : parts.reduce((sum, part) => sum + (part.done ? part.size : part.sent), 0) / total;
});

let database: Promise<IDBPDatabase> | null = null;
let accident: string | null = null;
let running = false;
/** Bytes per second of the last part that arrived in one go; null: not known yet. */
let rate: number | null = null;

/** A larger copy (some 200 KB) arrives within about three seconds from here on. */
const FAST_BYTES_PER_S = 60_000;

interface NetworkHint {
  readonly downlink?: number;
  readonly saveData?: boolean;
}

/** Whether a preview would help nobody: what we measured counts, else what the browser believes. */
export function fastNetwork(): boolean {
  const hint = (navigator as Navigator & { connection?: NetworkHint }).connection;
  if (hint?.saveData === true) return false;
  return (rate ?? (hint?.downlink ?? 0) * 125_000) >= FAST_BYTES_PER_S;
}

const outside: TusOutside = {
  fetch: (input, init) => fetch(input, init),
  wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  now: () => performance.now(),
};

function partsOf(photo: Photo): Part[] {
  return photo.preview === null ? [photo.full] : [photo.preview, photo.full];
}

function open(): Promise<IDBPDatabase> {
  database ??= openDB("kuaichu", 1, { upgrade: (db) => void db.createObjectStore("photos", { keyPath: "id" }) });
  return database;
}

/** Private windows may have no IndexedDB: the queue then lives as long as the page. */
async function keep(photo: Photo): Promise<void> {
  try {
    await (await open()).put("photos", photo);
  } catch {
    // Nothing to tell: uploading goes on from memory.
  }
}

/** Loads what is left of this accident and goes on sending it. */
export async function resumeUploads(accidentId: string): Promise<void> {
  accident = accidentId;
  try {
    const db = await open();
    const all = (await db.getAll("photos")) as Photo[];
    const old = all.filter((photo) => photo.accident_id !== accidentId && Date.now() - Date.parse(photo.taken_at) > KEEP_MS);
    for (const photo of old) await db.delete("photos", photo.id);
    const known = new Set(photos.value.map((photo) => photo.id));
    const mine = all.filter((photo) => photo.accident_id === accidentId && !known.has(photo.id));
    photos.value = [...mine, ...photos.value].sort((a, b) => a.taken_at.localeCompare(b.taken_at));
  } catch {
    // As in `keep`.
  }
  void run();
}

export type NewPhoto = Pick<Photo, "kind" | "shot" | "still" | "taken_at" | "position"> & {
  /** With `send` false it stays here, as the picture in the list. */
  preview: { bytes: Uint8Array<ArrayBuffer>; sha256: string; send: boolean } | null;
  full: { bytes: Uint8Array<ArrayBuffer>; sha256: string };
};

export async function enqueue(fresh: NewPhoto): Promise<void> {
  if (accident === null) return;
  const part = (copy: { bytes: Uint8Array<ArrayBuffer>; sha256: string }, done = false): Part => ({
    bytes: copy.bytes,
    sha256: copy.sha256,
    size: copy.bytes.length,
    url: null,
    sent: 0,
    done,
  });
  const photo: Photo = {
    ...fresh,
    id: newId(),
    accident_id: accident,
    preview: fresh.preview === null ? null : part(fresh.preview, !fresh.preview.send),
    full: part(fresh.full),
    clockWrong: false,
    failed: null,
  };
  photos.value = [...photos.value, photo];
  await keep(photo);
  void run();
}

/** Forgets a photo here: one that was refused, or that the driver takes again before it left. */
export async function drop(id: string): Promise<void> {
  photos.value = photos.value.filter((photo) => photo.id !== id);
  try {
    await (await open()).delete("photos", id);
  } catch {
    // As in `keep`.
  }
}

export function retry(id: string): void {
  change(id, (photo) => ({ ...photo, failed: null }));
  void run();
}

function change(id: string, how: (photo: Photo) => Photo): Photo | null {
  let changed: Photo | null = null;
  photos.value = photos.value.map((photo) => (photo.id === id ? (changed = how(photo)) : photo));
  return changed;
}

type Which = "preview" | "full";

/** What to send next; null when everything has arrived or was refused. */
export function nextPart(list: readonly Photo[]): { id: string; which: Which; urgent: boolean } | null {
  const open = list.filter((photo) => photo.failed === null && !photo.full.done);
  const still = open.find((photo) => photo.kind === "still");
  if (still !== undefined) return { id: still.id, which: "full", urgent: true };
  const preview = open.find((photo) => photo.preview !== null && !photo.preview.done);
  if (preview !== undefined) return { id: preview.id, which: "preview", urgent: false };
  const full = open[0];
  return full === undefined ? null : { id: full.id, which: "full", urgent: false };
}

async function run(): Promise<void> {
  if (running) return;
  running = true;
  try {
    for (let next = nextPart(photos.value); next !== null; next = nextPart(photos.value)) await send(next);
  } catch {
    // The session ended: see `send`.
  } finally {
    running = false;
  }
}

async function send({ id, which, urgent }: { id: string; which: Which; urgent: boolean }): Promise<void> {
  const photo = photos.value.find((one) => one.id === id);
  const part = photo?.[which] ?? null;
  if (photo === undefined || part === null) return;
  if (part.bytes === null) return refused(id, which, new Error("bytes are gone"));
  const set = (fresh: Partial<Part>) => change(id, (now) => ({ ...now, [which]: { ...now[which], ...fresh } }));
  const [started, from] = [outside.now(), part.sent];
  try {
    const done = await upload(
      {
        create: `${API_BASE}/accidents/${photo.accident_id}/uploads`,
        known: part.url,
        bytes: part.bytes,
        metadata: metadataOf(photo, which, part),
        onCreated: async (url) => {
          const changed = set({ url });
          if (changed !== null) await keep(changed);
        },
        onProgress: (sent) => void set({ sent }),
        // A larger copy gives way to whatever is more urgent, and a dropped photo stops at once.
        stopped: () => gone(id) || (!urgent && (nextPart(photos.value)?.urgent ?? false)) || overtaken(which),
      },
      outside,
    );
    if (!done) return;
    rate = ((part.size - from) / Math.max(1, outside.now() - started)) * 1000;
    const changed = set(which === "full" ? { done: true, sent: part.size, bytes: null } : { done: true, sent: part.size });
    if (changed !== null) await keep(changed);
  } catch (error) {
    // Without a session nothing can be sent; `resumeUploads` goes on after the driver has confirmed again.
    if (error instanceof ApiProblem && error.status === 401) throw error;
    if (error instanceof ApiProblem && error.errors.some((note) => note.field.endsWith("taken_at"))) return untimed(id);
    await refused(id, which, error);
  }
}

/** A phone whose clock runs ahead: the photo goes without its time, the service knows when it came. */
async function untimed(id: string): Promise<void> {
  const changed = change(id, (photo) => ({ ...photo, clockWrong: true }));
  if (changed !== null) await keep(changed);
}

const gone = (id: string) => !photos.value.some((photo) => photo.id === id);

function overtaken(which: Which): boolean {
  return which === "full" && nextPart(photos.value)?.which === "preview";
}

async function refused(id: string, which: Which, error: unknown): Promise<void> {
  const reason = error instanceof ApiProblem ? error.message : "照片没有传上去，请重新拍一张。";
  // The preview is only a courtesy: without it the larger copy still goes.
  const changed = change(id, (photo) =>
    which === "preview" && photo.preview !== null
      ? { ...photo, preview: { ...photo.preview, done: true } }
      : { ...photo, failed: reason },
  );
  if (changed !== null) await keep(changed);
}

function metadataOf(photo: Photo, which: Which, part: Part): Record<string, string> {
  const metadata: Record<string, string> = {
    kind: photo.kind,
    shot: photo.shot,
    sha256: part.sha256,
  };
  if (!photo.clockWrong) metadata["taken_at"] = photo.taken_at;
  if (photo.still !== null) metadata["still"] = photo.still;
  if (which === "preview") metadata["preview_of"] = photo.full.sha256;
  if (photo.position !== null) {
    metadata["latitude"] = String(photo.position.latitude);
    metadata["longitude"] = String(photo.position.longitude);
    metadata["accuracy_m"] = String(Math.round(photo.position.accuracy_m));
  }
  return metadata;
}
