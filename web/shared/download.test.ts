import { describe, expect, it } from "vitest";
import { download, nameOf, sizeWords, type Progress, type Sink } from "./download";

function paper() {
  const seen = { bytes: 0, closed: false, aborted: false };
  const sink: Sink = {
    write: async (piece) => void (seen.bytes += piece.byteLength),
    close: async () => void (seen.closed = true),
    abort: async () => void (seen.aborted = true),
  };
  return { seen, sink };
}
const pieces = (...sizes: number[]) =>
  new ReadableStream<Uint8Array>({
    start(out) {
      for (const size of sizes) out.enqueue(new Uint8Array(size));
      out.close();
    },
  });

describe("a big file", () => {
  it("tells how far it has come and is closed when it is whole", async () => {
    const { seen, sink } = paper();
    const told: Progress[] = [];
    await download(new Response(pieces(3, 4), { headers: { "Content-Length": "7" } }), sink, (one) => told.push(one));
    expect(told.map(({ done }) => done)).toEqual([0, 3, 7]);
    expect(told.every(({ total }) => total === 7)).toBe(true);
    expect(seen).toEqual({ bytes: 7, closed: true, aborted: false });
  });

  it("that breaks off never looks whole", async () => {
    const { seen, sink } = paper();
    const half = new Response(pieces(3), { headers: { "Content-Length": "7" } });
    await expect(download(half, sink, () => undefined)).rejects.toMatchObject({ code: "broken_off" });
    expect(seen).toMatchObject({ closed: false, aborted: true });
  });

  it("that is refused says why", async () => {
    const { seen, sink } = paper();
    const no = new Response(JSON.stringify({ code: "busy", detail: "请稍后再试" }), { status: 503 });
    await expect(download(no, sink, () => undefined)).rejects.toMatchObject({ status: 503, message: "请稍后再试" });
    expect(seen.aborted).toBe(true);
  });

  it("that is stopped by hand is thrown away", async () => {
    const { seen, sink } = paper();
    const stopped = new ReadableStream<Uint8Array>({ pull: (out) => out.error(new DOMException("", "AbortError")) });
    await expect(download(new Response(stopped), sink, () => undefined)).rejects.toMatchObject({ name: "AbortError" });
    expect(seen).toMatchObject({ closed: false, aborted: true });
  });

  it("has the name that the service proposes", () => {
    expect(nameOf("attachment; filename=\"a.zip\"; filename*=UTF-8''%E5%8D%B7%E5%AE%97.zip", "x")).toBe("卷宗.zip");
    expect(nameOf('attachment; filename="a.zip"', "x")).toBe("a.zip");
    expect(nameOf(null, "x")).toBe("x");
  });

  it("is as big as people say it", () => {
    expect([999, 3_200_000, 5_000_000_000].map(sizeWords)).toEqual(["999 B", "3.2 MB", "5.0 GB"]);
  });
});
