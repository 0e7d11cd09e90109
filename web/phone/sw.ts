/**
 * Lets the page open in a tunnel: its own files from the last visit, never an answer of the service.
 *
 * The page itself comes from the network when there is one, so a new version is seen at once; hashed files never change.
 */
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Told extends Extendable {
  readonly data: { readonly keep?: readonly string[] } | null;
}
interface Worker {
  addEventListener(type: "message", listener: (event: Told) => void): void;
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}

const worker = self as unknown as Worker;
const CACHE = "kuaichu-page-1";
const PAGE = "/p/";
/** Files of several builds; the oldest go first. */
const FILES_MAX = 60;
const PAGE_WAIT_MS = 4000;

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

// The first visit was loaded before there was a worker: the page says what it consists of.
worker.addEventListener("message", (event) => event.waitUntil(keep(event.data?.keep ?? [])));

worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(event.request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(file(event.request));
});

async function page(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok) await cache.put(PAGE, answer.clone());
    return answer;
  });
  const late = new Promise<null>((done) => setTimeout(() => done(null), PAGE_WAIT_MS));
  const first = await Promise.race([fresh, late]).catch(() => null);
  return first ?? (await cache.match(PAGE)) ?? fresh;
}

async function keep(files: readonly string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const one of [PAGE, ...files.filter((path) => path.startsWith("/assets/"))]) {
    if ((await cache.match(one)) === undefined) await cache.add(one).catch(() => null);
  }
}

async function file(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (!answer.ok) return answer;
  await cache.put(request, answer.clone());
  const files = (await cache.keys()).filter((one) => new URL(one.url).pathname !== PAGE);
  for (const old of files.slice(0, Math.max(0, files.length - FILES_MAX))) await cache.delete(old);
  return answer;
}
