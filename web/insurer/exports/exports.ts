/**
 * Tables to keep: asked for, made by the service, fetched when they are ready.
 *
 * What was asked for is remembered on this device, so that a long one may be left and come back to; the table itself never
 * is. The service forgets it after a while, and so does this list then.
 */
import { onScopeDispose, shallowRef, type ShallowRef } from "vue";
import { ApiProblem, sentenceOf } from "../../shared/api";
import type { ExportKind, ExportRequest, ExportView } from "../../shared/contract-insurer";
import type { Service } from "../service";

export const KINDS: readonly { code: ExportKind; label: string }[] = [
  { code: "settlements", label: "理算记录" },
  { code: "payment_orders", label: "付款单" },
  { code: "assessments", label: "定损" },
];

export const STATES: Record<ExportKind, readonly { code: string; label: string }[]> = {
  settlements: [],
  payment_orders: [
    { code: "due", label: "待付" },
    { code: "paid", label: "已付款" },
    { code: "confirmed", label: "已到账" },
    { code: "rejected", label: "已退回" },
  ],
  assessments: [
    { code: "awaiting", label: "待核定" },
    { code: "objected", label: "有异议" },
    { code: "joint", label: "联合定损" },
    { code: "binding", label: "已生效" },
  ],
};

export interface Job {
  readonly id: string;
  readonly request: ExportRequest;
  readonly asked_at: string;
  /** As last heard of. */
  readonly view: ExportView | null;
  readonly trouble: string | null;
}

export function isOpen({ view }: Job): boolean {
  return view === null || view.state === "queued" || view.state === "running";
}

/** From 0 to 1; null while nobody knows how much it is. */
export function progressOf(view: ExportView | null): number | null {
  if (view === null || view.state === "failed") return null;
  if (view.state === "done") return 1;
  return view.total === 0 ? null : Math.min(1, view.done / view.total);
}

export function stateWords({ view, trouble }: Job): string {
  if (view === null) return trouble ?? "正在提交…";
  switch (view.state) {
    case "queued":
      return "排队中，马上开始。";
    case "running":
      return view.total === 0 ? "正在生成。" : `正在生成：${view.done} / ${view.total} 条。`;
    case "done":
      return `已生成，共 ${view.done} 条。`;
    case "failed":
      return "没有生成成功，请再导出一次。";
  }
}

/** "付款单，待付，2026-11-01 至 2026-11-24，XLSX" */
export function titleOf({ kind, format, from, to, state }: ExportRequest): string {
  const days = from || to ? `${from ?? "最早"} 至 ${to ?? "今天"}` : "全部日期";
  const one = STATES[kind].find(({ code }) => code === state)?.label;
  return [KINDS.find(({ code }) => code === kind)?.label, one, days, format.toUpperCase()].filter(Boolean).join("，");
}

/** Often at first, because most are there at once; then seldom. */
export function nextLookMs(looks: number): number {
  return [400, 400, 800, 800, 1_500][looks] ?? 2_500;
}

const REMEMBERED = 12;

type Kept = Pick<Job, "id" | "request" | "asked_at">;

export function toKeep(jobs: readonly Job[]): string {
  return JSON.stringify(jobs.slice(0, REMEMBERED).map(({ id, request, asked_at }) => ({ id, request, asked_at })));
}

/** What this device remembers; anything else than a list of such exports is nothing. */
export function kept(text: string | null): readonly Job[] {
  try {
    const all = JSON.parse(text ?? "[]") as unknown;
    if (!Array.isArray(all)) return [];
    const good = (all as Partial<Kept>[]).filter(({ id, request }) => typeof id === "string" && KINDS.some(({ code }) => code === request?.kind));
    return (good as Kept[]).slice(0, REMEMBERED).map(({ id, request, asked_at }) => ({ id, request, asked_at, view: null, trouble: null }));
  } catch {
    return [];
  }
}

export interface Exports {
  readonly jobs: Readonly<ShallowRef<readonly Job[]>>;
  start(request: ExportRequest): Promise<void>;
  forget(id: string): void;
}

/** Below this the table was worth waiting for: it is handed over without another press. */
const AT_ONCE_MS = 10_000;

export function useExports(service: Service, owner: string, storage: Storage, hand: (view: ExportView) => void): Exports {
  const key = `kuaichu.exports.${owner}`;
  const jobs = shallowRef<readonly Job[]>(kept(read()));
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  function read(): string | null {
    try {
      return storage.getItem(key);
    } catch {
      return null;
    }
  }

  function set(next: readonly Job[]): void {
    jobs.value = next;
    try {
      storage.setItem(key, toKeep(next));
    } catch {
      // Private windows may refuse storage: the list then lasts for this visit.
    }
  }

  async function look(id: string, looks: number, handed: number | null): Promise<void> {
    let again = true;
    try {
      const view = await service.get<ExportView>(`/exports/${id}`);
      set(jobs.value.map((job) => (job.id === id ? { ...job, view, trouble: null } : job)));
      again = view.state === "queued" || view.state === "running";
      if (view.state === "done" && handed !== null && Date.now() - handed < AT_ONCE_MS) hand(view);
    } catch (error) {
      // Forgotten by the service: by this list too.
      if (error instanceof ApiProblem && (error.status === 404 || error.status === 410)) return forget(id);
      again = !(error instanceof ApiProblem && error.status === 401);
      set(jobs.value.map((job) => (job.id === id ? { ...job, trouble: sentenceOf(error) } : job)));
    }
    if (again && jobs.value.some((job) => job.id === id)) {
      timers.set(id, setTimeout(() => void look(id, looks + 1, handed), nextLookMs(looks)));
    }
  }

  function forget(id: string): void {
    clearTimeout(timers.get(id));
    set(jobs.value.filter((job) => job.id !== id));
  }

  for (const { id } of jobs.value) void look(id, 0, null);
  onScopeDispose(() => timers.forEach((timer) => clearTimeout(timer)));
  return {
    jobs,
    forget,
    async start(request) {
      const began = Date.now();
      const view = await service.post<ExportView>("/exports", request);
      set([{ id: view.id, request, asked_at: new Date(began).toISOString(), view, trouble: null }, ...jobs.value]);
      void look(view.id, 0, began);
    },
  };
}
