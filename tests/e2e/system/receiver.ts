/**
 * An insurer's own server that webhooks are sent to, on a port of this machine. It keeps what came and checks each
 * signature by the standard's own words (HMAC-SHA256 over id, timestamp and body), not by anything of ours.
 */
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Message {
  id: string;
  type: string;
  body: string;
  timestamp: string;
  /** Each of `webhook-signature`, such as `v1,…`. */
  signatures: string[];
}

export class Receiver {
  readonly got: Message[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on("request", (request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const header = (name: string): string => String(request.headers[name] ?? "");
        const body = Buffer.concat(pieces).toString("utf8");
        const { type } = JSON.parse(body) as { type: string };
        const signatures = header("webhook-signature").split(" ");
        receiver.got.push({ id: header("webhook-id"), type, body, timestamp: header("webhook-timestamp"), signatures });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/kuaichu`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** Whether a secret of ours (`whsec_…`) made one of the signatures. */
export function isSignedBy({ id, timestamp, body, signatures }: Message, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const made = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return signatures.includes(`v1,${made}`);
}
