import { describe, expect, it } from "vitest";
import { metadataHeader, PIECE_MAX, PIECE_MIN, upload, type TusOutside, type TusUpload } from "./tus";

/** A service in memory that keeps what it got, with a network that fails when told to. */
function world(size: number) {
  const bytes = Uint8Array.from({ length: size }, (_, i) => i % 251);
  const calls: string[] = [];
  const waits: number[] = [];
  let got = new Uint8Array(0);
  const faults: ((method: string) => Response | "cut" | "late" | null)[] = [];
  let known = true;
  const answer = (status: number, headers: Record<string, string> = {}, body: unknown = null) =>
    new Response(body === null ? null : JSON.stringify(body), { status, headers });
  const serve = async (method: string, init: RequestInit): Promise<Response> => {
    if (method === "POST") {
      known = true;
      got = new Uint8Array(0);
      return answer(201, { Location: "https://elsewhere.example/api/v1/uploads/7" });
    }
    if (!known) return answer(404);
    if (method === "HEAD") return answer(200, { "Upload-Offset": String(got.length) });
    if (Number(new Headers(init.headers).get("Upload-Offset")) !== got.length) return answer(409);
    got = new Uint8Array([...got, ...(init.body as Uint8Array)]);
    return answer(204, { "Upload-Offset": String(got.length) });
  };
  const outside: TusOutside = {
    fetch: async (url, init = {}) => {
      const method = init.method ?? "GET";
      calls.push(`${method} ${String(url)}`);
      const fault = faults.shift()?.(method) ?? null;
      if (fault === "cut") throw new TypeError("network");
      const response = fault instanceof Response ? fault : await serve(method, init);
      if (fault === "late") throw new TypeError("answer lost");
      return response;
    },
    wait: async (ms) => void waits.push(ms),
    now: () => 0,
  };
  const created: string[] = [];
  const seen: number[] = [];
  const job = (fresh: Partial<TusUpload> = {}): TusUpload => ({
    create: "/api/v1/accidents/1/uploads",
    known: null,
    bytes,
    metadata: { kind: "photo" },
    onCreated: (url) => void created.push(url),
    onProgress: (sent) => void seen.push(sent),
    stopped: () => false,
    ...fresh,
  });
  return { bytes, calls, waits, faults, created, seen, outside, job, answer, got: () => got, forget: () => (known = false) };
}

describe("tus", () => {
  it("sends every byte once, in growing pieces, to a path on our own host", async () => {
    const w = world(PIECE_MIN + PIECE_MAX * 2);
    expect(await upload(w.job(), w.outside)).toBe(true);
    expect(w.got().every((byte, i) => byte === w.bytes[i]) && w.got().length).toBe(w.bytes.length);
    expect(w.created).toEqual(["/api/v1/uploads/7"]);
    expect(w.seen).toEqual([0, PIECE_MIN, PIECE_MIN * 3, PIECE_MIN * 7, PIECE_MIN * 9]);
  });

  it("after a cut it asks for the offset and goes on from there, waiting longer each time", async () => {
    const w = world(PIECE_MIN * 2);
    w.faults.push(() => null, () => "cut", () => "cut", () => null);
    await upload(w.job(), w.outside);
    expect(w.waits).toEqual([1000, 2000]);
    expect(w.calls.filter((call) => call.startsWith("HEAD"))).toHaveLength(2);
    expect(w.got().every((byte, i) => byte === w.bytes[i]) && w.got().length).toBe(w.bytes.length);
  });

  it("a piece whose answer was lost is not sent twice", async () => {
    const w = world(PIECE_MIN * 2);
    w.faults.push(() => null, () => "late");
    await upload(w.job(), w.outside);
    expect(w.got().every((byte, i) => byte === w.bytes[i]) && w.got().length).toBe(w.bytes.length);
  });

  it("after a reload it goes on with the upload it had, and begins anew when the service forgot it", async () => {
    const w = world(PIECE_MIN);
    expect(await upload(w.job({ known: "/api/v1/uploads/7" }), w.outside)).toBe(true);
    expect(w.calls[0]).toBe("HEAD /api/v1/uploads/7");
    expect(w.created).toEqual([]);
    w.forget();
    expect(await upload(w.job({ known: "/api/v1/uploads/7" }), w.outside)).toBe(true);
    expect(w.created).toEqual(["/api/v1/uploads/7"]);
  });

  it("an offset the service does not share is asked for again", async () => {
    const w = world(PIECE_MIN);
    w.faults.push(() => null, () => w.answer(409));
    expect(await upload(w.job(), w.outside)).toBe(true);
    expect(w.got().every((byte, i) => byte === w.bytes[i]) && w.got().length).toBe(w.bytes.length);
  });

  it("a refusal is final and keeps its words; a busy service is waited for", async () => {
    const w = world(PIECE_MIN);
    const problem = { code: "photo_limit", detail: "照片已满 50 张。" };
    w.faults.push(() => w.answer(409, {}, problem));
    await expect(upload(w.job(), w.outside)).rejects.toMatchObject({ code: "photo_limit", message: "照片已满 50 张。" });
    w.faults.push(() => w.answer(503));
    expect(await upload(w.job(), w.outside)).toBe(true);
    expect(w.waits).toEqual([1000]);
  });

  it("a digest that does not match ends it", async () => {
    const w = world(PIECE_MIN);
    w.faults.push(() => null, () => w.answer(422, {}, { code: "digest_mismatch", detail: "" }));
    await expect(upload(w.job(), w.outside)).rejects.toMatchObject({ code: "digest_mismatch" });
  });

  it("stops quietly when something is more urgent", async () => {
    const w = world(PIECE_MIN * 8);
    expect(await upload(w.job({ stopped: () => w.got().length > 0 }), w.outside)).toBe(false);
    expect(w.got().length).toBe(PIECE_MIN);
  });

  it("metadata carries any text", () => {
    expect(metadataHeader({ kind: "photo", note: "甲" })).toBe("kind cGhvdG8=,note 55Sy");
  });
});
