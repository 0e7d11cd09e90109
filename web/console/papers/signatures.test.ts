import { describe, expect, it } from "vitest";
import type { SignatureEvent, SignatureRecord } from "../../shared/contract-papers";
import { placeOf, placeWords, revocable, stateOf } from "./signatures";

const event = (serial: string, revoked_at: string | null = null): SignatureEvent => ({
  field: "party-1", serial, certificate_sha256: "", evidence_sha256: null, revoked_at, revoked_because: null,
});
const record = (state: SignatureRecord["state"], events: SignatureEvent[]): SignatureRecord => ({
  party_id: "p1", label: "甲", on: "finding", state, at: null, document_sha256: null, ink: null, phone_masked: null, read_s: null,
  scrolled_to_end: null, circumstances: null, events,
});

describe("signatures in words", () => {
  it("one that was taken back never looks signed", () => {
    expect(stateOf(record("signed", [event("1")])).word).toBe("已签名");
    expect(stateOf(record("signed", [event("1", "2026-03-01T00:00:00Z")])).word).toBe("已撤销");
    expect(stateOf(record("refused", [])).word).toBe("拒绝");
  });

  it("only one that counts can be taken back", () => {
    expect(revocable([event("1"), event("2", "2026-03-01T00:00:00Z")])?.serial).toBe("1");
    expect(revocable([event("2", "2026-03-01T00:00:00Z")])).toBeNull();
  });

  it("names places as people do", () => {
    expect(placeOf("unit")).toBe("单位印章");
    expect(placeWords({ latitude: 29.71361, longitude: 120.2, accuracy_m: 12.4 })).toBe("29.71361，120.20000（误差 12 米）");
  });
});
