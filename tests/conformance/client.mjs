// The client that the MCP conformance suite examines: authtui logs in, and one call is made with its token.
//
//   node client.mjs URL        $AUTHTUI is the program; its files lie in a folder of their own
//
// The suite hands over what a person would know in $MCP_CONFORMANCE_CONTEXT, such as a client id that was
// registered by hand. A login is the program's work alone: this script only reacts to what the server answers.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const address = process.argv.at(-1);
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? "";
const home = mkdtempSync(join(tmpdir(), "authtui-conformance-"));
process.on("exit", () => rmSync(home, { recursive: true, force: true }));

// The address of the document that the suite expects of a client that has one.
const DOCUMENT = "https://conformance-test.local/client-metadata.json";
const REVISION = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION ?? "2025-11-25";
// From this revision on no call comes first: each says all of it.
const IS_STATELESS = REVISION >= "2026-07-28";
// How often a login asks for more.
const STEP_UPS = 2;

if (scenario === "auth/basic-cimd") {
  mkdirSync(join(home, "authtui"), { recursive: true });
  writeFileSync(join(home, "authtui", "settings.yaml"), `client_metadata_url: ${DOCUMENT}\n`);
}

function authtui(args, input = "") {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_STATE_HOME: join(home, "state"),
    BROWSER: join(here, "browser.sh"),
  };
  const ended = spawnSync(process.env.AUTHTUI ?? "authtui", args, { input, env, encoding: "utf8" });
  process.stderr.write(`$ authtui ${args.join(" ")}\n${ended.stderr}`);
  if (ended.status !== 0) {
    console.error(`authtui ended with ${ended.status ?? ended.error}`);
    process.exit(1);
  }
  return ended.stdout.trim();
}

function logIn(...more) {
  const args = ["login", address, "--yes", ...more];
  if (!context.client_id) return authtui(args);
  args.push("--client-id", context.client_id);
  return context.client_secret ? authtui([...args, "--client-secret-stdin"], context.client_secret) : authtui(args);
}

/** Posts a message, and logs in again where the server wants another token. */
async function call(message, session) {
  let stepUps = 0;
  let renewed = false;
  for (;;) {
    const answer = await fetch(address, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json, text/event-stream",
        Authorization: `Bearer ${authtui(["token", address])}`,
        "MCP-Protocol-Version": REVISION,
        ...(session ? { "Mcp-Session-Id": session } : {}),
      },
      body: JSON.stringify({ jsonrpc: "2.0", ...message }),
    });
    const challenge = answer.headers.get("www-authenticate") ?? "";
    const scope = /scope="([^"]*)"/.exec(challenge)?.[1];
    if (answer.status === 403 && scope && stepUps < STEP_UPS) {
      stepUps += 1;
      logIn(...scope.split(" ").flatMap((name) => ["--scope", name]));
      continue;
    }
    if (answer.status === 401 && !renewed) {
      renewed = true;
      logIn();
      continue;
    }
    const body = await answer.text();
    if (!answer.ok) {
      console.error(`${message.method}: ${answer.status} ${body}`);
      process.exit(1);
    }
    return answer.headers.get("mcp-session-id") ?? session;
  }
}

logIn();
const meta = {
  "io.modelcontextprotocol/protocolVersion": REVISION,
  "io.modelcontextprotocol/clientCapabilities": {},
};
const about = IS_STATELESS ? { _meta: meta } : {};
let session;
if (!IS_STATELESS) {
  const clientInfo = { name: "authtui", version: "0" };
  const params = { protocolVersion: REVISION, capabilities: {}, clientInfo };
  session = await call({ id: 1, method: "initialize", params });
  await call({ method: "notifications/initialized" }, session);
}
await call({ id: 2, method: "tools/list", params: about }, session);
await call({ id: 3, method: "tools/call", params: { name: "test-tool", arguments: {}, ...about } }, session);
