import type { Store } from '../storage.ts';
import { Observed } from '../observed.ts';
import { type Claims, readClaims } from './claims.ts';
import type { Sessions } from './sessions.ts';

/** Where a token is kept that the gateway gives no session for: for this tab and as long as it is open. */
const KEPT_AS = 'hookcast.token';
/** What the tabs of a browser tell each other: its session is another one, or none. */
const CHANGED = 'hookcast.session';

/** By a session of the gateway's own, whose cookie no script sees; or by a token, which the page sends along. */
export type SignedIn = { readonly claims: Claims } & (
  | { readonly session: string; readonly token: null }
  | { readonly session: null; readonly token: string }
);

/** A token that somebody brought. */
export interface Brought {
  readonly token: string;
  readonly claims: Claims;
}

/** Who looks: nobody yet, or somebody. Who the gateway no longer takes is `stale` until signed in anew. */
export interface SessionView {
  readonly signedIn: SignedIn | null;
  readonly stale: boolean;
  /** Whether it is not known yet who is signed in. */
  readonly looking: boolean;
  /** Whether this browser had a session that has ended. */
  readonly hasEnded: boolean;
  /** What the identity provider is called; null where there is none to sign in at. */
  readonly provider: string | null;
}

/** A token as somebody pasted it, or a link with one. Null when it is none. */
export function readToken(text: string): Brought | null {
  // A terminal may have broken it over several lines.
  const token = text
    .replaceAll(/\s+/g, '')
    .replace(/^https?:.*#(?:.*&)?token=/i, '')
    .replace(/^bearer(?=ey)/i, '');
  const claims = readClaims(token);
  return claims && { token, claims };
}

/** The other tabs of this browser. */
export interface Tabs {
  postMessage(text: string): void;
  addEventListener(type: 'message', heard: () => void): void;
}

/** Who is signed in, by what, and where that is kept. */
export class Session extends Observed<SessionView> {
  readonly #store: Store;
  readonly #sessions: Sessions;
  readonly #tabs: Tabs;
  #renewed: (() => void)[] = [];
  #isSigningIn = false;

  constructor(store: Store, sessions: Sessions, tabs: Tabs) {
    super({ signedIn: null, stale: false, looking: true, hasEnded: false, provider: null });
    this.#store = store;
    this.#sessions = sessions;
    this.#tabs = tabs;
    tabs.addEventListener('message', () => {
      if (this.view.signedIn?.token == null) void this.look();
    });
  }

  /** Finds out who is signed in: by the token that this tab has, or by the session of this browser. */
  async look(): Promise<void> {
    const kept = readToken(this.#store.getItem(KEPT_AS) ?? '');
    if (kept && !this.view.signedIn) this.become({ signedIn: byToken(kept), stale: false });
    const found = await this.#sessions.look();
    // It can't be asked just now, or is one without sessions: what is known goes on to count.
    if (!found) return this.become({ looking: false });
    const { provider, hasEnded, known } = found;
    const { signedIn } = this.view;
    if (signedIn?.token) return this.become({ looking: false, provider });
    // What was refused is not taken again: only a proxy that takes something out of requests would refuse it.
    const isSame = known !== null && signedIn?.session === known.session;
    if (known)
      this.become({
        signedIn: isSame ? signedIn : known,
        stale: isSame && this.view.stale,
        looking: false,
        provider,
        hasEnded: false,
      });
    else this.become({ stale: signedIn !== null, looking: false, provider, hasEnded: hasEnded || this.view.hasEnded });
  }

  /** Signs in with a token: for as long as the gateway has a session for it, and otherwise with the token itself, in this tab. */
  async signIn(brought: Brought): Promise<void> {
    // The gateway ends the former session, which needs no word to the person who signs in.
    this.#isSigningIn = true;
    const known = await this.#sessions.begin(brought.token);
    this.#isSigningIn = false;
    if (known) {
      this.#store.removeItem(KEPT_AS);
      this.become({ signedIn: known, stale: false, hasEnded: false });
      this.#tabs.postMessage(CHANGED);
    } else {
      this.#store.setItem(KEPT_AS, brought.token);
      this.become({ signedIn: byToken(brought), stale: false, hasEnded: false });
    }
  }

  /** Says whether it is done: a session that the gateway was not told of would go on. */
  async signOut({ everywhere = false } = {}): Promise<boolean> {
    const { signedIn, stale } = this.view;
    const isTold = signedIn?.session == null || (await this.#sessions.end(everywhere)) || stale;
    if (!isTold) return false;
    this.#store.removeItem(KEPT_AS);
    this.become({ signedIn: null, stale: false, hasEnded: false });
    this.#tabs.postMessage(CHANGED);
    return true;
  }

  /** The gateway no longer takes what it was shown. What came since is none of its business. */
  expire(shown: SignedIn | null): void {
    const { signedIn, stale } = this.view;
    if (shown === null || signedIn !== shown || stale || this.#isSigningIn) return;
    this.become({ stale: true });
    // Another tab may have signed in anew.
    if (shown.token === null) void this.look();
  }

  /** Resolves once somebody is signed in whom the gateway may take, or nobody is. */
  async renewal(): Promise<void> {
    if (this.view.stale) await new Promise<void>((resolve) => this.#renewed.push(resolve));
  }

  protected override become(change: Partial<SessionView>): void {
    super.become(change);
    if (!this.view.stale) for (const resolve of this.#renewed.splice(0)) resolve();
  }
}

function byToken({ token, claims }: Brought): SignedIn {
  return { token, claims, session: null };
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

/** Why the identity provider signed nobody in, as the gateway says it in the address. */
export const REFUSALS = ['refused', 'again', 'nothing', 'unavailable'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Takes that out of the address, so that it is said once. Null where there is none. */
export function takeRefusalFromAddress(location: Address, history: Visited): Refusal | null {
  const said = new URLSearchParams(location.hash.slice(1)).get('sign-in');
  if (said !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return REFUSALS.find((refusal) => refusal === said) ?? null;
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
