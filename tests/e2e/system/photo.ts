/** A photo as a phone sends it, in one piece: announced with its digest, then its bytes (tus). */
import { createHash } from "node:crypto";
import type { APIRequestContext } from "@playwright/test";

export async function sendPhoto(http: APIRequestContext, accident: string, picture: Buffer, shot: "damage" | "impact" | "overview"): Promise<void> {
  const sha256 = createHash("sha256").update(picture).digest("hex");
  const metadata = { kind: "photo", shot, sha256, taken_at: new Date().toISOString() };
  const encoded = Object.entries(metadata).map(([name, value]) => `${name} ${Buffer.from(value).toString("base64")}`);
  const announced = await http.post(`/api/v1/accidents/${accident}/uploads`, {
    headers: { "tus-resumable": "1.0.0", "upload-length": String(picture.length), "upload-metadata": encoded.join(",") },
  });
  const sent = await http.patch(announced.headers()["location"] ?? "", {
    headers: { "tus-resumable": "1.0.0", "upload-offset": "0", "content-type": "application/offset+octet-stream" },
    data: picture,
  });
  if (!sent.ok()) throw new Error(`the photo was not taken: ${sent.status()} ${await sent.text()}`);
}
