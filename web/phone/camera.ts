/** The camera as a stream, and one picture out of it at the best the device gives. */
import { jpegOf } from "./image";

export type Facing = "environment" | "user";

export const hasCamera = (): boolean => typeof navigator.mediaDevices?.getUserMedia === "function";

/** Opens the camera facing the scene (or the driver); falls back to any camera there is. */
export async function openCamera(facing: Facing, size: { width: number; height: number }, audio: boolean): Promise<MediaStream> {
  const wanted = { facingMode: { ideal: facing }, width: { ideal: size.width }, height: { ideal: size.height } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: wanted, audio });
  } catch (error) {
    if (error instanceof DOMException && error.name === "OverconstrainedError") {
      return navigator.mediaDevices.getUserMedia({ video: true, audio });
    }
    throw error;
  }
}

interface PhotoTaker {
  takePhoto(): Promise<Blob>;
}
declare const ImageCapture: { new (track: MediaStreamTrack): PhotoTaker } | undefined;

const TAKE_PHOTO_MS = 4000;
const STILL_QUALITY = 0.92;

/**
 * A JPEG at the camera's full resolution; where a browser has no `ImageCapture`, the stream's own full size.
 * Never hangs: some drivers answer `takePhoto` only when the light suits them.
 */
export async function stillOf(track: MediaStreamTrack): Promise<Blob> {
  if (typeof ImageCapture !== "undefined") {
    try {
      const late = new Promise<never>((_, fail) => setTimeout(() => fail(new Error("late")), TAKE_PHOTO_MS));
      const photo = await Promise.race([new ImageCapture(track).takePhoto(), late]);
      if (photo.size > 0 && photo.type === "image/jpeg") return photo;
    } catch {
      // Below is the same picture at the stream's size.
    }
  }
  return frameOf(track);
}

async function frameOf(track: MediaStreamTrack): Promise<Blob> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  await video.play();
  if (video.videoWidth === 0) await new Promise((ready) => video.addEventListener("resize", ready, { once: true }));
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  video.srcObject = null;
  return new Blob([await jpegOf(canvas, STILL_QUALITY)], { type: "image/jpeg" });
}

export function stopStream(stream: MediaStream | null): void {
  stream?.getTracks().forEach((track) => track.stop());
}

/** Why the camera did not open, as a sentence. */
export function cameraSentence(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return "没有得到相机许可。请在浏览器设置里允许相机和麦克风，再试一次。";
  if (name === "NotFoundError") return "没有找到相机。";
  if (name === "NotReadableError") return "相机正被别的应用使用，请关掉它再试。";
  return "相机打不开，可以改用系统相机拍照。";
}
