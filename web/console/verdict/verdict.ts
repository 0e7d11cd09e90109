/**
 * The officer's verdict while it is being made, as a value.
 *
 * The rules propose, the officer decides: a liability nobody touched follows the
 * proposal, a touched one stays. Each of the two texts belongs to the rules until the
 * officer edits it; from then on nothing overwrites it unless asked.
 */
import type { AccidentView, DecideRequest, Liability, Preview, PreviewRequest } from "../../shared/contract";

export interface PartyVerdict {
  readonly party_id: string;
  readonly violations: readonly string[];
  /** The officer's own choice; null follows the proposal. */
  readonly liability: Liability | null;
  /** Percent, the officer's own; null follows the proposal. */
  readonly share: number | null;
}

export interface Verdict {
  readonly parties: readonly PartyVerdict[];
  readonly facts: string;
  readonly factsEdited: boolean;
  /** The officer's own words on liability; null follows the rules' text. */
  readonly liabilityText: string | null;
  readonly overrideReason: string;
}

/** In the order of gravity, as the officer reads them. */
export const LIABILITIES: readonly Liability[] = ["full", "primary", "equal", "secondary", "none", "undetermined"];

/** Starts from what was decided before, if anything: a stored text counts as the officer's own. */
export function startVerdict(view: AccidentView): Verdict {
  const stored = view.decision;
  return {
    parties: view.parties.map(({ id }) => {
      const before = stored?.parties.find((p) => p.party_id === id);
      return {
        party_id: id,
        violations: before?.violations ?? [],
        liability: before?.liability ?? null,
        share: before?.share ?? null,
      };
    }),
    facts: stored?.facts_text ?? "",
    factsEdited: stored !== null,
    liabilityText: stored?.liability_text || null,
    overrideReason: stored?.override_reason ?? "",
  };
}

/** A party joined late or left: keep what was chosen for the others. */
export function withParties(verdict: Verdict, partyIds: readonly string[]): Verdict {
  const blank = (party_id: string): PartyVerdict => ({ party_id, violations: [], liability: null, share: null });
  return { ...verdict, parties: partyIds.map((id) => verdict.parties.find((p) => p.party_id === id) ?? blank(id)) };
}

export function change(verdict: Verdict, partyId: string, patch: Partial<PartyVerdict>): Verdict {
  return { ...verdict, parties: verdict.parties.map((p) => (p.party_id === partyId ? { ...p, ...patch } : p)) };
}

/** The officer's word for one party. Choosing what is proposed means following the proposal, also when it changes. */
export function choose(verdict: Verdict, preview: Preview | null, partyId: string, liability: Liability): Verdict {
  const proposed = preview?.proposal.find((p) => p.party_id === partyId)?.liability;
  return change(verdict, partyId, { liability: liability === proposed ? null : liability, share: null });
}

export function addViolation(verdict: Verdict, partyId: string, code: string): Verdict {
  const party = verdict.parties.find((p) => p.party_id === partyId);
  if (!party || party.violations.includes(code)) return verdict;
  return change(verdict, partyId, { violations: [...party.violations, code] });
}

export function removeViolation(verdict: Verdict, partyId: string, code: string): Verdict {
  const party = verdict.parties.find((p) => p.party_id === partyId);
  return change(verdict, partyId, { violations: (party?.violations ?? []).filter((c) => c !== code) });
}

export function editFacts(verdict: Verdict, facts: string): Verdict {
  return { ...verdict, facts, factsEdited: true };
}

/** The officer's words on liability; the rules' own text typed again is no edit. */
export function editLiability(verdict: Verdict, preview: Preview | null, text: string): Verdict {
  return { ...verdict, liabilityText: text === preview?.liability_text ? null : text };
}

/** What stands on the page now: the officer's words, else the rules'. */
export function liabilityText(verdict: Verdict, preview: Preview | null): string {
  return verdict.liabilityText ?? preview?.liability_text ?? "";
}

/** The rules' text, taken in only while the officer has not written an own one. The same text is no own one. */
export function takePreview(verdict: Verdict, preview: Preview): Verdict {
  // A stored text may be the rules' own: then it goes on following them.
  const own = verdict.liabilityText === preview.liability_text ? null : verdict.liabilityText;
  const kept = { ...verdict, liabilityText: own };
  if (kept.facts === preview.facts_text) return { ...kept, factsEdited: false };
  return kept.factsEdited ? kept : { ...kept, facts: preview.facts_text };
}

/** Back to the rules' text, on the officer's word. */
export function regenerate(verdict: Verdict, preview: Preview): Verdict {
  return { ...verdict, facts: preview.facts_text, factsEdited: false, liabilityText: null };
}

/** What the rules are asked: the choices only. The officer's own text is no business of theirs. */
export function previewRequest(verdict: Verdict): PreviewRequest {
  return {
    parties: verdict.parties.map((p) => ({
      party_id: p.party_id,
      violations: [...p.violations],
      liability: p.liability,
      share: p.share,
    })),
  };
}

export interface Effective {
  readonly party_id: string;
  readonly liability: Liability | null;
  readonly share: number | null;
  readonly proposed: Liability | null;
  readonly differs: boolean;
}

/** What holds for each party now: the officer's choice, else the proposal. */
export function effective(verdict: Verdict, preview: Preview | null): readonly Effective[] {
  return verdict.parties.map((p) => {
    const proposal = preview?.proposal.find((q) => q.party_id === p.party_id) ?? null;
    const proposed = proposal?.liability ?? null;
    const liability = p.liability ?? proposed;
    // A share proposed for another liability says nothing about the chosen one.
    const share = p.share ?? (liability === proposed ? (proposal?.share ?? null) : null);
    const differs = p.liability !== null && proposed !== null && p.liability !== proposed;
    return { party_id: p.party_id, liability, share, proposed, differs };
  });
}

const AT_FAULT: readonly Liability[] = ["full", "primary", "equal", "secondary"];

/** Shares are asked for when two or more are at fault; one at fault bears all. */
export function asksShares(rows: readonly Effective[]): boolean {
  return rows.filter((r) => r.liability !== null && AT_FAULT.includes(r.liability)).length >= 2;
}

/** What still keeps the officer from deciding, in plain words; empty means: decide. */
export function openPoints(verdict: Verdict, preview: Preview | null): readonly string[] {
  const rows = effective(verdict, preview);
  const points: string[] = [];
  // With nothing chosen the rules can only propose "cannot be determined": that must be said, not fallen into.
  const untouched = verdict.parties.every((p) => p.violations.length === 0 && p.liability === null);
  if (untouched) points.push("请选择情形或责任");
  else if (rows.some((r) => r.liability === null)) points.push("请为每一方选择责任");
  if (verdict.facts.trim() === "") points.push("请填写事故事实");
  if (verdict.liabilityText !== null && verdict.liabilityText.trim() === "") points.push("请填写责任认定，或重新生成");
  if (rows.some((r) => r.differs) && verdict.overrideReason.trim() === "") points.push("责任与建议不一致，请写明理由");
  const shares = rows.map((r) => r.share).filter((s): s is number => s !== null);
  if (asksShares(rows) && shares.length > 0 && shares.reduce((a, b) => a + b, 0) !== 100) points.push("责任比例之和应为 100%");
  return points;
}

/** The request, or null while something is still open. */
export function decideRequest(verdict: Verdict, preview: Preview | null, seen: number): DecideRequest | null {
  if (openPoints(verdict, preview).length > 0) return null;
  const rows = effective(verdict, preview);
  return {
    seen,
    parties: verdict.parties.map((p, i) => ({
      party_id: p.party_id,
      violations: [...p.violations],
      liability: rows[i]?.liability ?? "undetermined",
      share: rows[i]?.share ?? null,
    })),
    facts_text: verdict.facts.trim(),
    liability_text: verdict.liabilityText?.trim() ?? null,
    override_reason: verdict.overrideReason.trim() || null,
  };
}
