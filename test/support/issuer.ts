import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWK, type JWTPayload, SignJWT, exportJWK, generateKeyPair } from 'jose';

/** An identity provider that signs whatever it is told to, as no real one would. */
export interface Issuer {
  readonly url: string;
  readonly kid: string;
  readonly jwk: JWK;
  /** The answer to a code. Null is a page of a proxy. */
  answer: object | null;
  sign(claims: JWTPayload): Promise<string>;
  end(): Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  const kid = 'one';
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  const server = createServer((request, response) => {
    const { url } = issuer;
    const answers: Record<string, object | null> = {
      '/.well-known/openid-configuration': {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/keys`,
      },
      '/keys': { keys: [jwk] },
      '/token': issuer.answer,
    };
    response.setHeader('content-type', 'application/json');
    const answer = answers[request.url ?? ''] ?? null;
    response.end(answer ? JSON.stringify(answer) : '<html>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer: Issuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    kid,
    jwk,
    answer: null,
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey),
    async end() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return issuer;
}
