import type { Authenticate } from './authenticate.ts';
import type { Sessions } from './sessions.ts';
import type { Bearer } from './viewer.ts';

/** What a request shows of who sends it. */
export interface Credentials {
  /** Its header, or what `connection_init` says. */
  readonly authorization: string | undefined;
  /** The session of the page that sends it, where that is the gateway's own. It counts only without the other. */
  readonly session?: string | undefined;
}

/** @throws {HookcastError} as `Authenticate`, and LOG_UNAVAILABLE where a session can't be looked up. */
export type SignIn = (credentials: Credentials, inTurn?: Parameters<Authenticate>[1]) => Promise<Bearer>;

/** By a token, or by a session. A token that is not good is not helped by a session: who sends it means it. */
export function signIn(authenticate: Authenticate, sessions: Pick<Sessions, 'check'>): SignIn {
  return ({ authorization, session }, inTurn) =>
    authorization === undefined && session !== undefined
      ? sessions.check(session)
      : authenticate(authorization, inTurn);
}
