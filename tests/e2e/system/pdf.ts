/** What a PDF says and looks like, asked of poppler: a second opinion, not the library that wrote it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ARTIFACTS } from "./browser";

/** The text without any white space: line breaks inside a Chinese sentence mean nothing. */
export function textOf(pdf: Buffer): string {
  return execFileSync("pdftotext", ["-layout", "-", "-"], { input: pdf }).toString("utf8").replace(/\s+/g, "");
}

/** Keeps the PDF and a picture of every page for a person to look at. */
export function keep(pdf: Buffer, name: string): void {
  const folder = join(ARTIFACTS, "findings");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.pdf`);
  writeFileSync(file, pdf);
  execFileSync("pdftoppm", ["-png", "-r", "110", file, join(folder, name)]);
}
