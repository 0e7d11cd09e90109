import { describe, expect, it } from "vitest";
import type { ArchiveView as Archive } from "../../shared/contract-archive";
import { hashOf, placeOf } from "../route";
import { destroyable, keptWords, mayApprove, nameOf, standingHolds } from "./archive";

const KEPT: Archive = {
  holds: [], held: false, proposal: null, gone: [], destroyed: null,
  keeping: [{ what: "video", until: "2027-05-23", why_not: [] }, { what: "file", until: "2028-12-31", why_not: [{ field: "kept_until", code: "still_kept", message: "" }] }],
};
const PROPOSED: Archive = { ...KEPT, proposal: { what: "video", reason: "期满", by: "o1", at: "2027-06-01T00:00:00Z" } };

describe("the archive", () => {
  it("only what nothing stands against may be proposed, and only once", () => {
    expect(destroyable(KEPT)).toEqual(["video"]);
    expect(destroyable(PROPOSED)).toEqual([]);
    expect(destroyable({ ...KEPT, keeping: [{ what: "file", until: null, why_not: [] }] })).toEqual([]);
  });

  it("nobody approves what they proposed", () => {
    expect(mayApprove(PROPOSED, "o1")).toBe(false);
    expect(mayApprove(PROPOSED, "o2")).toBe(true);
    expect(mayApprove(KEPT, "o2")).toBe(false);
  });

  it("a lifted hold holds nothing", () => {
    const hold = { number: 1, why: "suit" as const, reason: "", by: null, placed_at: "", lifted: null };
    expect(standingHolds({ ...KEPT, holds: [hold, { ...hold, number: 2, lifted: { reason: "", by: null, at: "" } }] }).map(({ number }) => number)).toEqual([1]);
  });

  it("says until when what is kept, and what a case without a finding is called", () => {
    expect(keptWords(KEPT)).toBe("录像至 2027-05-23，案卷至 2028-12-31");
    expect(nameOf({ finding_number: null, accident_id: "0193-abcdef" })).toBe("未出具认定书（abcdef）");
  });

  it("is found again by its address", () => {
    expect(placeOf(hashOf({ at: "archive", list: "holds" }))).toEqual({ at: "archive", list: "holds" });
    expect(placeOf("#/archive/nonsense")).toEqual({ at: "archive", list: "due" });
  });
});
