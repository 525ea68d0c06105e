import type { Authenticate } from './authenticate.ts';
import type { Sessions } from './sessions.ts';
import type { Bearer } from './viewer.ts';

/** What a request shows to say who sends it. */
export interface Credentials {
  /** The header, or the member of `connection_init`. */
  readonly authorization: string | undefined;
  /** The session's cookie, if a page of the gateway's own sends the request. It counts only without `authorization`. */
  readonly session?: string | undefined;
}

/** @throws {HookcastError} as `Authenticate`, and LOG_UNAVAILABLE if a session can't be looked up. */
export type SignIn = (credentials: Credentials, inTurn?: Parameters<Authenticate>[1]) => Promise<Bearer>;

/** Signs in by a token or by a session. If a token is sent and refused, the session does not count: the client meant the token. */
export function signIn(authenticate: Authenticate, sessions: Pick<Sessions, 'check'>): SignIn {
  return ({ authorization, session }, inTurn) =>
    authorization === undefined && session !== undefined
      ? sessions.check(session)
      : authenticate(authorization, inTurn);
}
