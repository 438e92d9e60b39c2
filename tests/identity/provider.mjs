// A certified OpenID Connect provider on loopback, with two clients and a log-in page that a test fills in.
// node provider.mjs <redirect URI> <redirect URI of the other municipality>; prints its address when it is up.
import { createServer } from "node:http";

import Provider from "oidc-provider";

const [home, away] = process.argv.slice(2);
const accounts = new Map();
const client = (id, uri) => ({
  client_id: id,
  client_secret: `geheim + ~${id}`,
  redirect_uris: [uri],
  token_endpoint_auth_method: "client_secret_post",
});

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [client("juinen", home), client("zonneiland", away)],
    pkce: { required: () => true },
    claims: { openid: ["sub", "amr", "auth_time", "acrs", "email"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, claimsParameter: { enabled: true } },
    interactions: { url: (_context, interaction) => `/log-in/${interaction.uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) }),
    cookies: { keys: ["alleen voor tests"] },
  });
  provider.on("server_error", (_context, error) => console.error(error));

  // What somebody types on the log-in page: account, amr (words), and whatever else the token should say.
  const logIn = async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const form = Object.fromEntries(new URLSearchParams(body));
    if (form.cancel) {
      return provider.interactionFinished(request, response, { error: "access_denied" });
    }
    const { params, session } = await provider.interactionDetails(request, response);
    const accountId = form.account || session?.accountId;
    accounts.set(accountId, { email: form.email, acrs: form.acrs?.split(" ") });
    const grant = new provider.Grant({ accountId, clientId: params.client_id });
    grant.addOIDCScope("openid");
    grant.addOIDCClaims(["acrs"]);
    const login = { accountId, amr: form.amr ? form.amr.split(" ") : undefined };
    return provider.interactionFinished(request, response, { login, consent: { grantId: await grant.save() } });
  };

  server.on("request", (request, response) => {
    if (request.method === "POST" && request.url.startsWith("/log-in/")) {
      logIn(request, response).catch((error) => response.writeHead(500).end(String(error)));
    } else if (request.url.startsWith("/log-in/")) {
      response.end("log in");
    } else {
      provider.callback()(request, response);
    }
  });
  console.log(issuer);
});
