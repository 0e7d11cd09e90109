/** Which clerk sits here: nobody, past the password, or signed in. */
import { ref } from "vue";
import { ApiProblem } from "../../shared/api";
import type { ClerkView } from "../../shared/contract-insurer";
import type { Service } from "../service";

export type Session =
  | { readonly at: "asking" }
  | { readonly at: "name"; /** Was signed in until now. */ readonly lost: boolean }
  | { readonly at: "code" }
  | { readonly at: "unreachable" }
  | { readonly at: "in"; readonly clerk: ClerkView };

export function createSession(service: (lost: () => void) => Service) {
  const session = ref<Session>({ at: "asking" });
  const asked = service(() => {
    if (session.value.at === "in") session.value = { at: "name", lost: true };
  });

  async function ask(): Promise<void> {
    try {
      session.value = { at: "in", clerk: await asked.get<ClerkView>("/clerk/session") };
    } catch (error) {
      const status = error instanceof ApiProblem ? error.status : 0;
      // Past the password, without the code yet.
      if (status === 403) session.value = { at: "code" };
      else if (status === 401) session.value = { at: "name", lost: false };
      else session.value = { at: "unreachable" };
    }
  }

  return {
    session,
    service: asked,
    ask,
    async password(name: string, password: string): Promise<void> {
      await asked.post("/clerk/session", { name, password });
      session.value = { at: "code" };
    },
    async code(code: string): Promise<void> {
      session.value = { at: "in", clerk: await asked.post<ClerkView>("/clerk/session/totp", { code }) };
    },
    async leave(): Promise<void> {
      await asked.delete("/clerk/session").catch(() => undefined);
      session.value = { at: "name", lost: false };
    },
  };
}

export type SessionKeeper = ReturnType<typeof createSession>;
