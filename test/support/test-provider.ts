import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { atEnd } from './ending.ts';

export const CLIENT = { OIDC_CLIENT_ID: 'console', OIDC_CLIENT_SECRET: 'the secret of the console: with % and +' };
/** A client without a secret. */
export const PUBLIC_CLIENT = { OIDC_CLIENT_ID: 'public-console' };

/** The user of the browser, and the provider's claims about them. Null refuses the sign-in. */
export interface Account {
  readonly sub: string;
  readonly tenants?: readonly string[] | undefined;
  readonly scope?: string | undefined;
}

/** An OpenID provider, as a server of its own, that signs the named user in without a question. */
export class TestProvider {
  account: Account | null = { sub: 'ana', tenants: ['eduzz:1'], scope: 'events:read' };
  /** Whether ID tokens have the claims about the user; otherwise the access token gets them. */
  isInToken = true;
  readonly issuer: string;
  readonly #server: Server;
  readonly #key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  #provider: Provider | null = null;

  private constructor(server: Server) {
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Listens, and knows no client yet. */
  static async start({ lasting = false } = {}): Promise<TestProvider> {
    const server = createServer((request, response) => void provider.#answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const provider: TestProvider = new TestProvider(server);
    if (!lasting) atEnd(() => provider.end());
    return provider;
  }

  /** Knows both clients from now on, at a gateway. */
  knows(gateway: { readonly url: string }): void {
    const client = {
      redirect_uris: [`${gateway.url}/console/callback`],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    };
    const { OIDC_CLIENT_ID: client_id, OIDC_CLIENT_SECRET: client_secret } = CLIENT;
    this.#provider = new Provider(this.issuer, {
      clients: [
        { ...client, client_id, client_secret },
        { ...client, client_id: PUBLIC_CLIENT.OIDC_CLIENT_ID, token_endpoint_auth_method: 'none' },
      ],
      jwks: { keys: [{ ...this.#key.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
      cookies: { keys: ['a key of the test suite'] },
      claims: { openid: ['sub'], hookcast: ['tenants', 'scope'] },
      scopes: ['openid', 'hookcast'],
      conformIdTokenClaims: !this.isInToken,
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_: unknown, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
      findAccount: () => ({ accountId: this.account?.sub, claims: () => this.account }),
      ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    });
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const provider = this.#provider!;
    if (!request.url?.startsWith('/interaction/')) return provider.callback()(request, response);
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    const finish = (result: object) => provider.interactionFinished(request, response, result);
    if (!this.account) return finish({ error: 'access_denied' });
    if (prompt.name === 'login') return finish({ login: { accountId: this.account.sub } });
    const grant = new provider.Grant({ accountId: session!.accountId, clientId: params['client_id']! });
    grant.addOIDCScope('openid hookcast');
    await finish({ consent: { grantId: await grant.save() } });
  }
}

/** Goes where a browser would be led to, with cookies, until that is below the address. */
export async function follow(address: string, until: string): Promise<string> {
  const cookies = new Map<string, string>();
  let at = address;
  for (let steps = 0; !at.startsWith(until); steps += 1) {
    if (steps > 12) throw new Error(`The provider leads nowhere: ${at}`);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(at, { headers: { cookie }, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=');
      cookies.set(name, value);
    }
    const next = answer.headers.get('location');
    if (next === null) throw new Error(`${answer.status} at ${at}: ${await answer.text()}`);
    at = new URL(next, at).href;
  }
  return at;
}
