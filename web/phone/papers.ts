/**
 * The papers of the case as this driver may read them: fetched beside the case, and again whenever the case has moved.
 *
 * The finding stands first; it comes with the case itself. `rows` is pure.
 */
import { computed, ref, shallowRef, watch } from "vue";
import type { AccidentView, CodeSent, Ink } from "../shared/contract";
import type { CasePaper, CasePapers } from "../shared/contract-papers";
import { loadCatalogue, api, go, state } from "./store";
import { signRequest } from "./signing";
import { mySignature } from "./step";

export const papers = shallowRef<readonly CasePaper[]>([]);
/** Number of the paper that is open. */
export const chosen = ref<string | null>(null);
export const paper = computed(() => papers.value.find((one) => one.number === chosen.value) ?? null);
/** The papers that wait for this driver's name. */
export const toSign = computed(() => papers.value.filter((one) => one.to_sign));

export type Standing = "to-sign" | "signed" | "refused" | "to-read" | "replaced";

export interface Row {
  readonly key: string;
  readonly name: string;
  readonly issued_at: string;
  readonly standing: Standing;
  readonly url: string;
  /** Opens on a screen of its own instead of as a PDF. */
  readonly number: string | null;
}

/** What waits for me first, then the newest; what was replaced last. */
export function rows(view: AccidentView, all: readonly CasePaper[]): Row[] {
  const finding: Row[] = [];
  if (view.finding !== null) {
    const state = mySignature(view)?.state ?? null;
    const standing = state === "pending" ? "to-sign" : (state ?? "to-read");
    const { number, issued_at, document } = view.finding;
    finding.push({ key: number, name: "道路交通事故认定书", issued_at, standing, url: document.url, number: null });
  }
  const others = all.map((one): Row => {
    const standing = standingOf(one, view.me.party_id);
    return { key: one.number, name: one.label, issued_at: one.issued_at, standing, url: one.url, number: one.to_sign ? one.number : null };
  });
  const rank = ({ standing }: Row) => (standing === "to-sign" ? 0 : standing === "replaced" ? 2 : 1);
  return [...finding, ...others.sort((a, b) => b.issued_at.localeCompare(a.issued_at))].sort((a, b) => rank(a) - rank(b));
}

function standingOf(one: CasePaper, me: string | null): Standing {
  if (one.replaced) return "replaced";
  if (one.to_sign) return "to-sign";
  const mine = one.signatures.find(({ party_id }) => party_id === me)?.state;
  return mine === "signed" || mine === "refused" ? mine : "to-read";
}

const HAVE_PAPERS: readonly AccidentView["stage"][] = ["handling", "decided", "signing", "settling", "closed", "escalated"];

/** A case that had to be left meanwhile keeps what was known: the next change asks again. */
export async function loadPapers(): Promise<void> {
  const view = state.view;
  if (view === null || !HAVE_PAPERS.includes(view.stage)) return;
  const found = await api.get<CasePapers>(`/accidents/${view.id}/papers`).catch(() => null);
  if (found !== null && state.view?.id === view.id) papers.value = found.papers;
}

watch(() => state.view?.version, () => void loadPapers(), { immediate: true });

export function openPaper(number: string): void {
  chosen.value = number;
  go("paper");
}

const below = (one: CasePaper): string => `/accidents/${state.view?.id}/papers/${one.number}`;

export const sendPaperCode = (one: CasePaper): Promise<CodeSent> => api.post<CodeSent>(`${below(one)}/signing-code`);

export async function signPaper(one: CasePaper, of: { code: string; ink: Ink; tellPlace: boolean }): Promise<void> {
  const request = await signRequest(await loadCatalogue(), { ...of, digest: one.to_sign_sha256 });
  try {
    papers.value = (await api.post<CasePapers>(`${below(one)}/signatures`, request)).papers;
  } catch (error) {
    await loadPapers();
    throw error;
  }
}
