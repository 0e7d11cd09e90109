/** What goes with a signature besides the ink: what was read, what was declared, and what signed it. */
import type { Catalogue, Ink, SignRequest } from "../shared/contract";
import { locate } from "./position";
import { reading } from "./reading";

type Circumstances = Pick<SignRequest, "consent_version" | "device" | "position">;

/** What this phone says of itself: system, model where the browser tells it, screen. */
export async function deviceOf(of: Navigator, screen: { width: number; height: number }, ratio: number): Promise<string> {
  const hints = (of as { userAgentData?: Hints }).userAgentData;
  const told = await hints?.getHighEntropyValues?.(["model", "platformVersion"]).catch(() => null);
  const system = [hints?.platform ?? of.platform, told?.platformVersion].filter(Boolean).join(" ");
  return [system, told?.model, `${screen.width}×${screen.height}@${ratio}`, of.language].filter(Boolean).join("; ");
}

/** Not in every browser. */
interface Hints {
  platform: string;
  getHighEntropyValues?: (wanted: string[]) => Promise<{ model?: string; platformVersion?: string }>;
}

async function circumstances(catalogue: Catalogue, tellPlace: boolean): Promise<Circumstances> {
  const place = tellPlace ? await locate().catch(() => null) : null;
  return {
    device: await deviceOf(navigator, window.screen, window.devicePixelRatio),
    consent_version: catalogue.signing.version,
    ...(place === null ? {} : { position: place }),
  };
}

/** The whole request. */
export async function signRequest(
  catalogue: Catalogue,
  of: { digest: string; code: string; ink: Ink; tellPlace: boolean },
): Promise<SignRequest> {
  return {
    document_sha256: of.digest,
    code: of.code,
    ink: of.ink,
    ...reading.result(),
    ...(await circumstances(catalogue, of.tellPlace)),
  };
}
