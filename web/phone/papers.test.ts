import { describe, expect, it } from "vitest";
import type { AccidentView } from "../shared/contract";
import type { CasePaper } from "../shared/contract-papers";
import { rows } from "./papers";

const FINDING = {
  number: "3306812026000001", issued_at: "2026-11-23T06:10:00Z", document: { url: "/finding.pdf" },
  signatures: [{ party_id: "a", state: "signed" }, { party_id: "b", state: "pending" }],
};
const seenBy = (party_id: string, finding: unknown = FINDING) => ({ me: { role: "driver", party_id }, finding }) as AccidentView;
const paper = (number: string, more: Partial<CasePaper> = {}): CasePaper => ({
  number, kind: "assessment", label: "定损单", issued_at: "2026-11-23T06:20:00Z", automatic: true, replaced: false, readers: ["a"],
  to_sign_sha256: "", sha256: "", bytes: 1, pages: 1, revision: 1, url: `/${number}.pdf`, signatures: [], to_sign: false, ...more,
});
const signature = (state: "pending" | "signed" | "refused") => ({ party_id: "a", state, at: null, what: null, reason: null });

describe("the papers on the phone", () => {
  it("what waits for my name comes first, what was replaced last", () => {
    const all = rows(seenBy("a"), [
      paper("D1", { replaced: true }),
      paper("P1"),
      paper("X1", { to_sign: true, signatures: [signature("pending")] }),
      paper("T1", { signatures: [signature("refused")], issued_at: "2026-11-23T07:00:00Z" }),
    ]);
    expect(all.map(({ key, standing }) => [key, standing])).toEqual([
      ["X1", "to-sign"], ["3306812026000001", "signed"], ["T1", "refused"], ["P1", "to-read"], ["D1", "replaced"],
    ]);
  });

  it("only what is to be signed opens on a screen of its own; everything else is the PDF itself", () => {
    const [waits, read] = rows(seenBy("a", null), [paper("X1", { to_sign: true }), paper("P1")]);
    expect([waits?.number, read?.number, read?.url]).toEqual(["X1", null, "/P1.pdf"]);
  });

  it("the finding says how its own signature stands", () => {
    expect(rows(seenBy("b"), [])[0]?.standing).toBe("to-sign");
    expect(rows(seenBy("c"), [])[0]?.standing).toBe("to-read");
  });
});
