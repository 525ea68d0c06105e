import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Audit } from '../auth/audit.ts';
import type { Exchanged } from '../auth/exchange.ts';
import { type Code, HookcastError, toHookcastError } from '../errors.ts';
import type { Observer } from '../events/observer.ts';
import type { Rates } from '../tallies/tallies.ts';
import type { Addresses } from './address.ts';
import type { Bodies } from './bodies.ts';
import { allowOrigin } from './cross-origin.ts';
import type { Origins } from './origins.ts';
import { requestIdOf } from './reply.ts';
import { problemOf, sendJson, sendProblem } from './problem.ts';

export interface TokenExchangeOptions {
  /** Gives the exchange. Null if the gateway exchanges no tokens. */
  readonly exchange: () => ((form: URLSearchParams) => Promise<Exchanged>) | null;
  readonly origins: Origins;
  readonly bodies: Bodies;
  readonly addresses: Addresses;
  /** How often an address may try, and how many tokens a holder may get: each token is a row in the audit. */
  readonly rates: { readonly ofAddress: Rates; readonly ofHolder: Rates };
  readonly audit: Pick<Audit, 'did'>;
  readonly onSignIn: Observer['onSignIn'];
}

/** How many in a second. */
export const TRIES_OF_ADDRESS = 20;
export const TOKENS_OF_HOLDER = 2;

/** OAuth's names of errors (RFC 6749, section 5.2; RFC 8693, section 2.2.2) for hookcast's codes. */
const OAUTH: Partial<Record<Code, string>> = {
  BAD_REQUEST: 'invalid_request',
  UNSUPPORTED_MEDIA_TYPE: 'invalid_request',
  UNAUTHENTICATED: 'invalid_grant',
  TOKEN_EXPIRED: 'invalid_grant',
  TOKEN_REVOKED: 'invalid_grant',
  FORBIDDEN: 'invalid_scope',
};

/** `POST /auth/token`: exchanges another issuer's token for one of the gateway's own (RFC 8693). */
export function tokenExchange(options: TokenExchangeOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { exchange, origins, onSignIn } = options;
    const exchanged = exchange();
    if (!exchanged)
      throw new HookcastError(
        'NOT_FOUND',
        'This gateway exchanges no tokens. Its operator can set EXCHANGE_AUDIENCE or EXCHANGE_WIX_SECRETS.',
      );
    allowOrigin(request, response, origins);
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    try {
      const { token, scope, expiresIn, issuedTokenType } = await answer(request, exchanged, options);
      onSignIn('exchange', 'ok');
      const body = {
        access_token: token,
        issued_token_type: issuedTokenType,
        token_type: 'Bearer',
        expires_in: expiresIn,
        scope,
      };
      sendJson(response, 200, body);
    } catch (thrown) {
      const error = toHookcastError(thrown);
      onSignIn('exchange', error.code.toLowerCase());
      if (error.code === 'INTERNAL') throw thrown;
      const oauth = OAUTH[error.code];
      if (oauth === undefined) return sendProblem(response, error);
      // RFC 6749 wants 400 for each of these. Libraries for OAuth read `error` and `error_description`.
      const told = { ...problemOf(error), status: 400, requestId: requestIdOf(response) };
      const type = { 'content-type': 'application/problem+json' };
      sendJson(response, 400, { ...told, error: oauth, error_description: error.message }, type);
    }
  };
}

async function answer(
  request: IncomingMessage,
  exchange: (form: URLSearchParams) => Promise<Exchanged>,
  { bodies, addresses, rates, audit }: TokenExchangeOptions,
): Promise<Exchanged> {
  if (!rates.ofAddress.take(addresses.of(request))) throw tooMany();
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new HookcastError('UNSUPPORTED_MEDIA_TYPE', 'Send the request as application/x-www-form-urlencoded.');
  }
  const body = await bodies.read(request);
  const exchanged = await exchange(new URLSearchParams(body.toString('utf8')));
  if (!rates.ofHolder.take(exchanged.holder)) throw tooMany();
  // If it can't be recorded in the audit, then no token is handed out.
  await audit.did({ tokenId: exchanged.id, holder: exchanged.holder }, 'token exchange', 'ISSUE', exchanged.id);
  return exchanged;
}

function tooMany(): HookcastError {
  return new HookcastError(
    'TOO_MANY_REQUESTS',
    'Too many tokens are asked for. Keep the one that you have until it expires.',
  );
}
