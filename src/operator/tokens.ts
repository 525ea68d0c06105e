import { randomUUID } from 'node:crypto';
import { idOf } from '../auth/authenticate.ts';
import { type Asked, type Signer, optionsOf, signToken } from '../auth/sign-token.ts';
import { HookcastError } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Token } from '../events/token.ts';
import { type Asker, badRequest } from './asker.ts';

export interface TokenOperator {
  tokens(): Promise<readonly Token[]>;
  issue(asked: Asked & { readonly label: string }): Promise<{ readonly token: Token; readonly text: string }>;
  /** @param isForeign whether another issuer made the token, so that the log may not know it. */
  revoke(id: string, isForeign: boolean): Promise<Token>;
}

/** The most characters of a token's name, which each token contains. */
const LONGEST_NAME = 100;

export interface TokenOptions {
  readonly log: EventLog;
  /** Gives the signer of tokens. Null if only another issuer can sign tokens that the gateway takes. */
  readonly signer: () => Signer | null;
  /** Called when something has changed, so that the gateway itself follows it at once. */
  readonly changed: () => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function tokenOperator({ log, signer, changed, now }: TokenOptions, { scopes, noted }: Asker): TokenOperator {
  return {
    tokens: () => log.tokens.list(),

    async issue({ label, ...asked }) {
      const options = optionsOf(asked);
      if (label.trim() === '' || label.length > LONGEST_NAME) {
        throw badRequest(`Name whom the token is for, in up to ${LONGEST_NAME} characters.`);
      }
      // Otherwise the holder of a token with `ops` alone could get one for everybody's personal data.
      const beyond = options.scope.split(' ').filter((scope) => !scopes.has(scope as never));
      if (beyond.length > 0) {
        throw new HookcastError(
          'FORBIDDEN',
          `Your own token lacks the scope ${beyond.join(', ')}, so it can't issue a token with it.`,
        );
      }
      const own = signer();
      if (own === null) {
        throw badRequest(
          'The gateway accepts only tokens of another issuer (AUTH_JWKS_URL or AUTH_PUBLIC_KEY). Let that issuer make the token. If ' +
            'its tokens have the claim "jti", they can be revoked here by it: hookcast token revoke --id.',
        );
      }
      const id = randomUUID();
      const issuedAt = now();
      const text = await signToken(own, options, { id, label });
      const { tenant: tenants, scope, expires } = options;
      const times = { issuedAt, expiresAt: issuedAt + expires * 1000, revokedAt: null, usedAt: null };
      const token = { id, label, tenants, scope, ...times };
      await noted('ISSUE', id);
      // The log must know a token before it is handed out.
      await log.tokens.keep(token);
      await changed();
      return { token, text };
    },

    async revoke(id, isForeign) {
      // Without this check, a mistyped id would be revoked instead of the token.
      if (!isForeign && !(await log.tokens.list()).some((token) => token.id === id)) {
        throw new HookcastError(
          'NOT_FOUND',
          `No token here has the id ${id}. If another issuer made it, set isForeign.`,
        );
      }
      const jti = isForeign ? idOf({ jti: id }) : id;
      if (jti === null) throw badRequest('The id of the token is missing.');
      await noted('REVOKE', jti);
      const revoked = await log.tokens.revoke(jti, now());
      await changed();
      return revoked;
    },
  };
}
