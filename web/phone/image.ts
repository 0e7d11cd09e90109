/**
 * Photos on the phone: smaller copies for a weak network, and a look whether they are any good.
 *
 * A 4032×3024 photo is some 5 MB; 1280 px at quality 0.6 about 180 KB, the 640 px preview about 40 KB.
 */
export const FULL = { edge_px: 1280, quality: 0.6 } as const;
export const PREVIEW = { edge_px: 640, quality: 0.45 } as const;

/** Upright pixels of a photo file; rejects when it is no picture. */
export async function decode(file: Blob): Promise<ImageBitmap | HTMLImageElement> {
  if (typeof createImageBitmap === "function") {
    try {
      return await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      // Some webviews know the function but not the option: the image element below turns it upright itself.
    }
  }
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function sizeOf(image: ImageBitmap | HTMLImageElement): { width: number; height: number } {
  return image instanceof HTMLImageElement
    ? { width: image.naturalWidth, height: image.naturalHeight }
    : { width: image.width, height: image.height };
}

/** A JPEG copy whose longer edge is at most `edge_px`. */
export async function copyOf(
  image: ImageBitmap | HTMLImageElement,
  { edge_px, quality }: { edge_px: number; quality: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = sizeOf(image);
  const scale = Math.min(1, edge_px / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return jpegOf(canvas, quality);
}

export async function jpegOf(canvas: HTMLCanvasElement, quality: number): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
  if (blob === null) throw new Error("no picture");
  return new Uint8Array(await blob.arrayBuffer());
}

const LOOK_EDGE_PX = 256;
/** Mean brightness (0..255) under which a night photo shows too little. */
const DARK_BELOW = 38;
/** Variance of the Laplacian under which edges are washed out. */
const BLURRED_BELOW = 14;

/** What is wrong with the picture, to be shown as advice; the driver may keep it. */
export function flawOf(image: ImageBitmap | HTMLImageElement): "dark" | "blurred" | null {
  const { width, height } = sizeOf(image);
  const scale = LOOK_EDGE_PX / Math.max(width, height);
  const [w, h] = [Math.max(3, Math.round(width * scale)), Math.max(3, Math.round(height * scale))];
  const canvas = document.createElement("canvas");
  canvas.width = w;
  canvas.height = h;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return null;
  context.drawImage(image, 0, 0, w, h);
  return flawIn(context.getImageData(0, 0, w, h).data, w, h);
}

/** The same on raw RGBA pixels. */
export function flawIn(rgba: Uint8ClampedArray, width: number, height: number): "dark" | "blurred" | null {
  const grey = new Float32Array(width * height);
  let sum = 0;
  for (let i = 0; i < grey.length; i += 1) {
    const value = 0.299 * (rgba[i * 4] ?? 0) + 0.587 * (rgba[i * 4 + 1] ?? 0) + 0.114 * (rgba[i * 4 + 2] ?? 0);
    grey[i] = value;
    sum += value;
  }
  if (sum / grey.length < DARK_BELOW) return "dark";
  const at = (x: number, y: number) => grey[y * width + x] ?? 0;
  let [total, squares, count] = [0, 0, 0];
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const edge = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * at(x, y);
      total += edge;
      squares += edge * edge;
      count += 1;
    }
  }
  return squares / count - (total / count) ** 2 < BLURRED_BELOW ? "blurred" : null;
}
