import { describe, expect, it } from "vitest";
import { ApiProblem, createApi } from "./api";

type Answer = () => Response | Promise<Response>;
const cut: Answer = () => Promise.reject(new TypeError("network"));
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => () =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });

function world(...answers: Answer[]) {
  const sent: { url: string; init: RequestInit }[] = [];
  const waits: number[] = [];
  let keys = 0;
  const api = createApi("driver", "/api/v1", {
    fetch: async (url, init) => {
      sent.push({ url: String(url), init: init ?? {} });
      return (answers.shift() ?? cut)();
    },
    wait: async (ms) => void waits.push(ms),
    newKey: () => `key-${++keys}`,
  });
  const keyOf = (index: number) => new Headers(sent[index]?.init.headers).get("Idempotency-Key");
  return { api, sent, waits, keyOf };
}

describe("api", () => {
  it("a request cut by the network is sent again under the same key, with growing waits", async () => {
    const { api, sent, waits, keyOf } = world(cut, cut, json(200, { version: 2 }));
    expect(await api.post("/accidents/1/queue")).toEqual({ version: 2 });
    expect(sent).toHaveLength(3);
    expect([keyOf(0), keyOf(1), keyOf(2)]).toEqual(["key-1", "key-1", "key-1"]);
    expect(waits).toEqual([500, 1000]);
  });

  it("pressing the button again after giving up is the same intent, a new body is a new one", async () => {
    const { api, keyOf } = world(cut, cut, cut, cut, json(200, {}), json(200, {}), json(200, {}));
    await expect(api.post("/x", { a: 1 })).rejects.toMatchObject({ code: "offline", offline: true });
    await api.post("/x", { a: 1 });
    await api.post("/x", { a: 2 });
    await api.post("/x", { a: 1 });
    expect([keyOf(3), keyOf(4), keyOf(5), keyOf(6)]).toEqual(["key-1", "key-1", "key-2", "key-3"]);
  });

  it("a gateway's 503 is uncertain and tried again, the service's 409 is an answer", async () => {
    const conflict = { code: "stale", detail: "有人改过了", status: 409, title: "", type: "", current_version: 7 };
    const { api, sent } = world(json(503, {}), json(409, conflict));
    const problem = await api.put("/x", {}).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({ status: 409, code: "stale", message: "有人改过了", currentVersion: 7 });
    expect(sent).toHaveLength(2);
  });

  it("a refusal names its fields and the time to wait", async () => {
    const body = { code: "invalid_fields", detail: "请检查", errors: [{ field: "phone", code: "phone", message: "号码不对" }] };
    const { api } = world(json(422, body, { "Retry-After": "30" }));
    const problem = (await api.post("/driver/code", {}).catch((error: unknown) => error)) as ApiProblem;
    expect(problem.field("phone")).toBe("号码不对");
    expect(problem.field("name")).toBeNull();
    expect(problem.retryAfterS).toBe(30);
  });

  it("a page of a proxy instead of problem+json still becomes a problem", async () => {
    const { api } = world(() => new Response("<html>", { status: 500 }));
    await expect(api.get("/x")).rejects.toMatchObject({ status: 500, code: "http_500" });
  });

  it("an empty 204 is no value", async () => {
    const { api } = world(() => new Response(null, { status: 204 }));
    expect(await api.put("/officer/ink", {})).toBeUndefined();
  });

  it("reading sends no key", async () => {
    const { api, keyOf } = world(json(200, {}));
    await api.get("/catalogue");
    expect(keyOf(0)).toBeNull();
  });
});
