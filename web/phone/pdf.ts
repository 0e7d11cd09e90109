/**
 * The pages of a PDF as pictures: the original itself, in the page, on phones whose browser shows none. Fetched only when
 * somebody wants to look, because the reader of PDFs is ten times this page.
 */
import type { PDFDocumentProxy } from "pdfjs-dist";

export interface Pages {
  readonly count: number;
  /** Height by width of a page, counting from 1. */
  shape(number: number): Promise<number>;
  /** Draws a page as wide as the canvas is shown, sharp on this screen. */
  draw(number: number, canvas: HTMLCanvasElement): Promise<void>;
  close(): void;
}

/** Beyond this a phone's memory is worth more than sharper letters. */
const PIXELS_WIDE_MAX = 2_400;

export async function openPdf(url: string): Promise<Pages> {
  const [{ getDocument, GlobalWorkerOptions }, { default: Reader }] = await Promise.all([
    import("pdfjs-dist/legacy/build/pdf.mjs"),
    import("pdfjs-dist/legacy/build/pdf.worker.min.mjs?worker"),
  ]);
  const worker = new Reader();
  GlobalWorkerOptions.workerPort = worker;
  const opening = getDocument({ url, withCredentials: true, isEvalSupported: false, useWasm: false });
  const document: PDFDocumentProxy = await opening.promise.catch((error: unknown) => {
    worker.terminate();
    throw error;
  });
  return {
    count: document.numPages,
    async shape(number) {
      const { width, height } = (await document.getPage(number)).getViewport({ scale: 1 });
      return height / width;
    },
    async draw(number, canvas) {
      const page = await document.getPage(number);
      const { width } = page.getViewport({ scale: 1 });
      const wanted = Math.min(PIXELS_WIDE_MAX, canvas.clientWidth * Math.max(2, window.devicePixelRatio || 1));
      const viewport = page.getViewport({ scale: wanted / width });
      [canvas.width, canvas.height] = [Math.round(viewport.width), Math.round(viewport.height)];
      await page.render({ canvas, viewport }).promise;
    },
    close() {
      void opening.destroy();
      worker.terminate();
    },
  };
}
