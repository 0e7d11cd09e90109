/** From a picture in the hand to the queue: digest of the original, smaller copies, position, advice. */
import { sha256Hex } from "./digest";
import { copyOf, decode, flawOf, FULL, PREVIEW } from "./image";
import { fix } from "./position";
import { enqueue, fastNetwork, type Shot } from "./uploads";

export type Flaw = "dark" | "blurred" | null;

/** Queues one guided photo; answers what may be wrong with it. Rejects when the file is no picture. */
export async function takePhoto(file: Blob, shot: Shot): Promise<Flaw> {
  const taken_at = new Date().toISOString();
  const image = await decode(file);
  const flaw = flawOf(image);
  const full = await copyOf(image, FULL);
  const preview = await copyOf(image, PREVIEW);
  if ("close" in image) image.close();
  await enqueue({
    kind: "photo",
    shot,
    still: null,
    taken_at,
    position: fix.value,
    preview: { bytes: preview, sha256: await sha256Hex(preview), send: !fastNetwork() },
    full: { bytes: full, sha256: await sha256Hex(full) },
  });
  return flaw;
}

/** Queues what the officer asked for, untouched: the bytes as the camera gave them. */
export async function takeStill(file: Blob, still: string): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  await enqueue({
    kind: "still",
    shot: "other",
    still,
    taken_at: new Date().toISOString(),
    position: fix.value,
    preview: null,
    full: { bytes, sha256: await sha256Hex(bytes) },
  });
}
