/** The exact commands that do what this page does. Quoted for a POSIX shell; the secret is read, not written. */

function quoted(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}

export function commands(origin: string, clientId: string, recordId: string | null): string {
  const api = `${origin}/api/v1`;
  const id = recordId ?? "RECORD_ID";
  return [
    "read -rs SECRET",
    `TOKEN=$(curl -sS -u ${quoted(clientId)}:"$SECRET" -d grant_type=client_credentials ${quoted(`${origin}/oauth/token`)} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    `curl -sS -H "Authorization: Bearer $TOKEN" ${quoted(`${api}/settlements?limit=50`)}`,
    `curl -sS -H "Authorization: Bearer $TOKEN" ${quoted(`${api}/settlements/${id}`)}`,
    `curl -sS -H "Authorization: Bearer $TOKEN" -o finding.pdf ${quoted(`${api}/settlements/${id}/document`)}`,
  ].join("\n");
}
