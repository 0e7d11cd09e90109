// An insurer's own sign-in: oidc-provider (npm) as it is, for tests/tests/clerks.rs. It takes any login with any
// password. Told on the command line: certificate, key, our callback, what time it is in milliseconds. It listens on
// two ports of this machine, with TLS for the service and plain for the test's browser, says which on one line,
// and ends when nobody holds its standard input any more.
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import Provider from "oidc-provider";

const [certificate, key, callback, now] = process.argv.slice(2);
const real = Date.now;
const ahead = Number(now) - real();
Date.now = () => real() + ahead;

let provider;
const answer = (request, response) => provider.callback()(request, response);
const secure = https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, answer);
const plain = http.createServer(answer);
const listens = (server) => new Promise((done) => server.listen(0, "127.0.0.1", () => done(server.address().port)));
const port = await listens(secure);
provider = new Provider(`https://127.0.0.1:${port}`, {
  clients: [{ client_id: "kuaichu", client_secret: "a secret of the provider", redirect_uris: [callback] }],
  claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: "周敏", email: `${id}@picc.example` }),
  }),
});
provider.proxy = true;
process.stdin.on("end", () => process.exit()).resume();
process.stdout.write(`${JSON.stringify({ secure: port, plain: await listens(plain) })}\n`);
