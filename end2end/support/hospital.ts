/** The identity provider of a hospital: a real one, on a port of this machine. */

import { createServer, type IncomingMessage, type Server } from 'node:http';
import { freePort } from './portal.ts';

export interface Hospital {
  issuer: string;
  /** What the portal's settings file says about it. */
  settings: string;
  /** Begins to answer, for a portal at this origin. */
  open(origin: string): Promise<void>;
  close(): Promise<void>;
}

const SECRET = 'a secret that only two know';

export async function hospital(): Promise<Hospital> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  let server: Server | undefined;
  return {
    issuer,
    settings: [
      '[[provider]]',
      'name = "north"',
      'title = "North Hospital"',
      `issuer = "${issuer}"`,
      'client-id = "portal"',
      `client-secret = "${SECRET}"`,
      'trusts-second-factor = true',
    ].join('\n'),
    async open(origin) {
      const { Provider } = (await import('oidc-provider')) as { Provider: new (issuer: string, settings: object) => any };
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: 'portal',
            client_secret: SECRET,
            redirect_uris: [`${origin}/sign-in/provider/north/callback`],
            response_types: ['code'],
            grant_types: ['authorization_code'],
          },
        ],
        cookies: { keys: ['for the length of a test'] },
        claims: { openid: ['sub', 'amr'] },
        pkce: { required: () => true },
        features: { devInteractions: { enabled: false } },
        findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
        interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
        // Nobody is asked twice whether the portal may know who they are.
        loadExistingGrant: async (context: any) => {
          const { client, session } = context.oidc;
          const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
          grant.addOIDCScope('openid');
          await grant.save();
          return grant;
        },
      });
      const answer = provider.callback();
      server = createServer(async (request, response) => {
        if (!request.url?.startsWith('/interaction/')) {
          answer(request, response);
          return;
        }
        if (request.method === 'GET') {
          response.setHeader('content-type', 'text/html; charset=utf-8').end(form(request.url));
          return;
        }
        const fields = new URLSearchParams(await text(request));
        const login = { accountId: fields.get('login'), amr: fields.has('second') ? ['pwd', 'otp', 'mfa'] : ['pwd'] };
        const result = fields.has('cancel') ? { error: 'access_denied', error_description: 'cancelled' } : { login };
        await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
      });
      await new Promise<void>((resolve) => server!.listen(port, '127.0.0.1', resolve));
    },
    async close() {
      server?.closeAllConnections();
      await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    },
  };
}

const form = (action: string) => `<!DOCTYPE html><html lang="en"><head><title>North Hospital</title><link rel="icon" href="data:,"></head><body><main>
<h1>North Hospital</h1><form method="post" action="${action}">
<p><label for="login">Staff number</label> <input id="login" name="login"></p>
<p><input id="second" name="second" type="checkbox"> <label for="second">with a second factor</label></p>
<p><button type="submit">Enter</button> <button type="submit" name="cancel" value="1">Cancel</button></p></form></main></body></html>`;

async function text(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
