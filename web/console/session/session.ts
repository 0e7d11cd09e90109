/** Who sits at this desk: signed out, past the password, or signed in. */
import { ref } from "vue";
import { ApiProblem, type Api } from "../../shared/api";
import type { OfficerView } from "../../shared/contract";

export type Session =
  | { readonly at: "asking" }
  | { readonly at: "name" }
  | { readonly at: "code" }
  | { readonly at: "unreachable" }
  | { readonly at: "in"; readonly officer: OfficerView };

export function createSession(api: Api) {
  const session = ref<Session>({ at: "asking" });

  async function ask(): Promise<void> {
    try {
      session.value = { at: "in", officer: await api.get<OfficerView>("/officer/session") };
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : null;
      if (problem?.status === 403) session.value = { at: "code" };
      else if (problem?.status === 401) session.value = { at: "name" };
      else session.value = { at: "unreachable" };
    }
  }

  return {
    session,
    ask,
    async password(name: string, password: string): Promise<void> {
      await api.post("/officer/session", { name, password });
      session.value = { at: "code" };
    },
    async code(code: string): Promise<void> {
      session.value = { at: "in", officer: await api.post<OfficerView>("/officer/session/totp", { code }) };
    },
    async leave(): Promise<void> {
      await api.delete("/officer/session").catch(() => undefined);
      session.value = { at: "name" };
    },
    /** The service no longer knows this session. */
    lost(): void {
      session.value = { at: "name" };
    },
  };
}

export type SessionKeeper = ReturnType<typeof createSession>;
