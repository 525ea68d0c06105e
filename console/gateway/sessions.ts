import type { Claims } from './claims.ts';

/** Signed in by a session of the gateway, whose cookie no script sees, or by a token, which the page sends along. */
export type SignedIn = { readonly claims: Claims } & (
  | { readonly session: string; readonly token: null }
  | { readonly session: null; readonly token: string }
);

/** The gateway's answer about this browser's session. */
export interface Found {
  readonly known: SignedIn | null;
  readonly hasEnded: boolean;
  readonly provider: string | null;
}

/** The gateway's sessions. No script sees their cookie: the browser sends it along. */
export interface Sessions {
  /** Null if the gateway can't be asked. */
  look(): Promise<Found | null>;
  /** Null if there is no session for the token: the gateway has none, or the browser keeps no cookies. */
  begin(token: string): Promise<SignedIn | null>;
  /** Returns whether the gateway knows of it. */
  end(everywhere: boolean): Promise<boolean>;
}

/** The gateway's description of a session (`/console/session`). */
interface Described {
  readonly id: string;
  readonly tenants: readonly string[] | null;
  readonly scopes: readonly string[];
  readonly expiresAt: string;
}

interface Answer {
  readonly session: Described | null;
  readonly hasEnded?: boolean;
  readonly provider: { readonly name: string } | null;
}

/** The sessions of the gateway that served this page. */
export const sessions: Sessions = {
  async look() {
    const answer = await ask<Answer>('PUT', '/console/session');
    return answer && found(answer);
  },
  async begin(token) {
    if (!(await ask('POST', '/console/session', { token }))) return null;
    // Checks whether the browser has kept the cookie.
    const answer = await ask<Answer>('PUT', '/console/session');
    return answer && found(answer).known;
  },
  async end(everywhere) {
    return (await ask('DELETE', everywhere ? '/console/sessions' : '/console/session')) !== null;
  },
};

/** The address for signing in at the identity provider. Null if the gateway can't be asked now. */
export async function addressOfProvider(): Promise<string | null> {
  const answer = await ask<{ readonly address: string }>('POST', '/console/provider');
  return answer && answer.address;
}

function found({ session, hasEnded = false, provider }: Answer): Found {
  const known: SignedIn | null = session && {
    token: null,
    session: session.id,
    claims: {
      tenants: session.tenants,
      scopes: new Set(session.scopes),
      expiresAt: Date.parse(session.expiresAt),
    },
  };
  return { known, hasEnded, provider: provider?.name ?? null };
}

/** Null if there is no answer, or if it is an error. */
async function ask<R>(method: string, path: string, body?: object): Promise<R | null> {
  try {
    const response = await fetch(path, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) return null;
    return (response.status === 204 ? {} : await response.json()) as R;
  } catch {
    return null;
  }
}
