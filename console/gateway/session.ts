import type { Store } from '../storage.ts';
import { Observed } from '../observed.ts';
import { type Claims, readClaims } from './claims.ts';

/** Where the token is kept: for this tab and as long as it is open. */
const KEPT_AS = 'hookcast.token';

export interface SignedIn {
  readonly token: string;
  readonly claims: Claims;
}

/** Who looks: nobody yet, or the holder of a token. One that the gateway no longer takes is `stale` until there is a new one. */
export interface SessionView {
  readonly signedIn: SignedIn | null;
  readonly stale: boolean;
}

/** A token as somebody pasted it. Null when it is none. */
export function readToken(text: string): SignedIn | null {
  // A terminal may have broken it over several lines.
  const token = text.replace(/^\s*bearer\s+/i, '').replaceAll(/\s+/g, '');
  const claims = readClaims(token);
  return claims && { token, claims };
}

/** The token, where it comes from and where it is kept. */
export class Session extends Observed<SessionView> {
  readonly #store: Store;
  #renewed: (() => void)[] = [];

  constructor(store: Store) {
    super({ signedIn: null, stale: false });
    this.#store = store;
    const kept = store.getItem(KEPT_AS);
    if (kept) this.signIn(kept);
  }

  /** Takes a token as somebody pasted it. Says whether it is one. */
  signIn(text: string): boolean {
    const signedIn = readToken(text);
    if (!signedIn) return false;
    this.#store.setItem(KEPT_AS, signedIn.token);
    this.become({ signedIn, stale: false });
    return true;
  }

  signOut(): void {
    this.#store.removeItem(KEPT_AS);
    this.become({ signedIn: null, stale: false });
  }

  /** The gateway no longer takes the token that it was given. A newer one is none of its business. */
  expire(token: string): void {
    const { signedIn, stale } = this.view;
    if (signedIn?.token === token && !stale) this.become({ signedIn, stale: true });
  }

  /** Resolves once there is a token that may be taken, or nobody is signed in. */
  async renewal(): Promise<void> {
    if (this.view.stale) await new Promise<void>((resolve) => this.#renewed.push(resolve));
  }

  protected override become(change: Partial<SessionView>): void {
    super.become(change);
    if (!this.view.stale) for (const resolve of this.#renewed.splice(0)) resolve();
  }
}

/** What is used of the browser's `location` and `history`. */
interface Address {
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}
interface Visited {
  readonly state: unknown;
  replaceState(state: unknown, unused: string, address: string): void;
}

/**
 * Takes the token out of the address (`#token=…`), where `hookcast dev` puts it: a fragment reaches no server and no log,
 * and here it stays in no history and in nobody's screenshot. Null where there is none.
 */
export function takeTokenFromAddress(location: Address, history: Visited): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}
