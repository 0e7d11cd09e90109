/**
 * What this page knows, and the deeds that change it.
 *
 * One accident, one party, one view. Screens read `state`, call a deed and never decide where to go next: `screen` does,
 * from the facts. The page keeps no personal data beyond the draft of this tab.
 */
import { computed, shallowReactive, watch } from "vue";
import { ApiProblem, API_BASE, createApi } from "../shared/api";
import type { AccidentView, Catalogue, CodeSent, ConsentKind, LinkView } from "../shared/contract";
import { live, type Live } from "../shared/live";
import { FRESH, isReporter, myParty, screenOf, type Detour, type Entry, type Local } from "./step";
import { complete, nextQuestion, stopOf } from "./triage";

export const api = createApi("driver");

interface State {
  entry: Entry;
  view: AccidentView | null;
  local: Local;
  detour: Detour | null;
  catalogue: Catalogue | null;
  /** False while the last look at the service failed. */
  reachable: boolean;
}

export const state = shallowReactive<State>({
  entry: { kind: "starting" },
  view: null,
  local: FRESH,
  detour: null,
  catalogue: null,
  reachable: true,
});

export const screen = computed(() => screenOf(state));
export const me = computed(() => (state.view === null ? null : myParty(state.view)));
export const reporter = computed(() => state.view !== null && isReporter(state.view));

let eyes: Live | null = null;
let token = "";
let unit: string | null = null;
/** In memory only: where the code went, to send it once more. */
let phoneTyped = "";

/* What this phone remembers */

/** Set once this browser has had a case of its own. */
const KNOWN = "kuaichu.known";

function localKey(): string {
  const entry = state.entry;
  const id = state.view?.id ?? (entry.kind === "link" ? entry.link.accident_id : "new");
  return `kuaichu.local.${id}`;
}

function read<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}

function write(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Private windows may refuse storage: then a reload asks again.
  }
}

export function remember(fresh: Partial<Local>): void {
  state.local = { ...state.local, ...fresh };
  write(localKey(), state.local);
}

function recall(key: string): void {
  state.local = { ...FRESH, ...read<Partial<Local>>(key) };
}

export function go(detour: Detour | null): void {
  state.detour = detour;
}

/* Coming in */

export async function start(location: Location): Promise<void> {
  const hash = new URLSearchParams(location.hash.slice(1));
  unit = new URLSearchParams(location.search).get("unit");
  const [personal, join, invited] = [tokenOf(hash.get("t")), tokenOf(hash.get("j")), tokenOf(hash.get("g"))];
  try {
    if (invited !== null) await openInvitation(invited);
    else if (personal !== null) await openLink(personal);
    else if (join !== null) await joinBy(join);
    else await openGeneral();
    state.reachable = true;
  } catch (error) {
    if (!(error instanceof ApiProblem && error.offline)) return dead(error);
    // In a tunnel the link is not dead: say that the network is, and try on.
    state.reachable = false;
    setTimeout(() => void start(location), START_AGAIN_MS);
  }
}

const START_AGAIN_MS = 3000;

/** A phone that turns an SMS into a link may take the words after it along. */
function tokenOf(text: string | null): string | null {
  return text === null ? null : (/^[\w-]*/.exec(text)?.[0] ?? "");
}

function dead(error: unknown): void {
  if (error instanceof ApiProblem && error.status === 401) return;
  const why = error instanceof ApiProblem ? error.message : "链接打不开，请再试一次。";
  state.entry = { kind: "dead", why };
}

/** A guest's link: another page than the driver's, fetched only for them. */
async function openInvitation(invited: string): Promise<void> {
  const { startGuest } = await import("./guest");
  await startGuest(invited);
  state.entry = { kind: "guest" };
}

async function openGeneral(): Promise<void> {
  recall("kuaichu.local.new");
  // Most phones see this page for the first time: the first question then waits for nothing.
  if (read<boolean>(KNOWN) !== true) return void (state.entry = { kind: "new" });
  const session = await api.get<{ accident_id: string }>("/driver/session").catch(() => null);
  state.entry = session === null ? { kind: "new" } : { kind: "old-case" };
}

/** The case this browser still has a session for. */
export async function continueOld(): Promise<void> {
  const session = await api.get<{ accident_id: string }>("/driver/session");
  await enter(session.accident_id);
}

export function startNew(): void {
  state.local = FRESH;
  write("kuaichu.local.new", null);
  state.entry = { kind: "new" };
}

async function joinBy(joinToken: string): Promise<void> {
  // Scanning the same code twice on one phone must not make a further party.
  const key = `kuaichu.joined.${joinToken}`;
  const before = read<string>(key);
  if (before !== null) return openLink(before);
  const link = await api.post<LinkView>("/joins", { token: joinToken });
  write(key, link.token);
  await follow(link, link.token);
}

async function openLink(personal: string): Promise<void> {
  await follow(await api.post<LinkView>("/driver/link", { token: personal }), personal);
}

async function follow(link: LinkView, personal: string): Promise<void> {
  token = personal;
  history.replaceState(null, "", `${location.pathname}${location.search}#t=${personal}`);
  recall(`kuaichu.local.${link.accident_id}`);
  if (link.session) await enter(link.accident_id);
  else state.entry = { kind: "link", link, codeSentTo: null };
}

/** Sends the SMS code; on the general link this is the moment a report comes into being. */
export async function sendCode(phone: string): Promise<CodeSent> {
  let entry = state.entry;
  if (entry.kind === "new") {
    const link = await api.post<LinkView>("/reports", unit === null ? {} : { unit });
    token = link.token;
    history.replaceState(null, "", `${location.pathname}${location.search}#t=${token}`);
    write("kuaichu.local.new", null);
    entry = { kind: "link", link, codeSentTo: null };
    state.entry = entry;
    remember({});
  }
  if (entry.kind !== "link") throw new Error("no link to confirm");
  phoneTyped = phone;
  const sent = await api.post<CodeSent>("/driver/code", { token, phone });
  state.entry = { ...entry, codeSentTo: sent.phone_masked };
  return sent;
}

/** The same code request once more. */
export function sendCodeAgain(): Promise<CodeSent> {
  return sendCode(phoneTyped);
}

export function otherPhone(): void {
  if (state.entry.kind === "link") state.entry = { ...state.entry, codeSentTo: null };
}

export async function confirmCode(code: string): Promise<void> {
  const view = await api.post<AccidentView>("/driver/session", { token, code });
  await enter(view.id, view);
}

async function enter(accidentId: string, known: AccidentView | null = null): Promise<void> {
  recall(`kuaichu.local.${accidentId}`);
  state.view = known;
  write(KNOWN, true);
  state.entry = { kind: "in" };
  eyes?.stop();
  eyes = live({
    url: `${API_BASE}/accidents/${accidentId}/events`,
    refetch: () => look(accidentId),
    onReach: (reachable) => (state.reachable = reachable),
  });
  if (known === null) await eyes.refresh();
  else adopt(known);
  const { resumeUploads } = await import("./uploads");
  void resumeUploads(accidentId);
}

/** The session ended while the page was open: the same link, a new code. */
async function reconfirm(): Promise<void> {
  eyes?.stop();
  if (token === "") return startNew();
  const link = await api.post<LinkView>("/driver/link", { token });
  state.entry = { kind: "link", link, codeSentTo: null };
}

/* The view */

async function look(accidentId: string): Promise<void> {
  try {
    adopt(await api.get<AccidentView>(`/accidents/${accidentId}`));
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) await reconfirm();
    else if (error instanceof ApiProblem && !error.offline && error.status < 500) dead(error);
    throw error;
  }
}

export function adopt(view: AccidentView): void {
  if (state.view !== null && state.view.id === view.id && view.version < state.view.version) return;
  state.view = view;
}

export async function refresh(): Promise<void> {
  await eyes?.refresh();
}

export async function loadCatalogue(): Promise<Catalogue> {
  state.catalogue ??= await api.get<Catalogue>("/catalogue");
  return state.catalogue;
}

function path(rest: string): string {
  if (state.view === null) throw new Error("no accident yet");
  return `/accidents/${state.view.id}${rest}`;
}

/** One deed on this accident. A stale or impossible one fetches the case anew before it complains. */
export async function deed(rest: string, body: unknown = {}, method: "post" | "put" = "post"): Promise<AccidentView> {
  try {
    const view = await api[method]<AccidentView>(path(rest), body);
    adopt(view);
    return view;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401 && error.code.startsWith("session")) await reconfirm();
    if (error instanceof ApiProblem && error.status === 409) await refresh();
    throw error;
  }
}

/** A question that answers something other than the accident (ticket, invitation, code). */
export function ask<T>(rest: string, body: unknown = {}): Promise<T> {
  return api.post<T>(path(rest), body);
}

export async function consent(kind: ConsentKind, agreed: boolean): Promise<void> {
  const catalogue = await loadCatalogue();
  const version = catalogue.consents.find((text) => text.kind === kind)?.version ?? "";
  await deed("/consents", { kind, agreed, text_version: version });
}

/* The answers given before anybody was known are handed in as soon as there is a session. */

let handingIn = false;

async function handInTriage(): Promise<void> {
  const { view, local } = state;
  if (handingIn || state.entry.kind !== "in" || view === null || view.triage !== null) return;
  if (view.stage !== "reporting") return;
  const stopped = stopOf(local.answers) !== null;
  if (stopped ? !local.handOver : nextQuestion(local.answers) !== null) return;
  handingIn = true;
  try {
    await deed("/triage", { answers: complete(local.answers) });
  } catch {
    // The next look at the case comes here again.
  } finally {
    handingIn = false;
  }
}

watch(() => [state.view, state.local, state.entry], () => void handInTriage());
