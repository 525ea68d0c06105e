import type { Store } from '../storage.ts';
import { Observed } from '../observed.ts';
import { type Claims, readClaims } from './claims.ts';
import type { Sessions, SignedIn } from './sessions.ts';

/** The key of a token for which the gateway gives no session. It is kept for this tab, as long as the tab is open. */
const KEPT_AS = 'hookcast.token';
/** The message by which tabs of one browser tell that its session has changed or ended. */
const CHANGED = 'hookcast.session';

/** A token from a link or a form. */
export interface Brought {
  readonly token: string;
  readonly claims: Claims;
}

/** Who is signed in. `stale`: the gateway no longer accepts this session or token, until somebody signs in anew. */
export interface SessionView {
  readonly signedIn: SignedIn | null;
  readonly stale: boolean;
  /** True until it is known who is signed in. */
  readonly looking: boolean;
  /** Whether this browser had a session that has ended. */
  readonly hasEnded: boolean;
  /** The name of the identity provider. Null if there is none. */
  readonly provider: string | null;
}

/** Reads a pasted token, or a link with one. Null if there is none. */
export function readToken(text: string): Brought | null {
  // A terminal may have broken the token over several lines.
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

/** Knows who is signed in and by what, and keeps it. */
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

  /** Finds out who is signed in: by this tab's token, or by this browser's session. */
  async look(): Promise<void> {
    const kept = readToken(this.#store.getItem(KEPT_AS) ?? '');
    if (kept && !this.view.signedIn) this.become({ signedIn: byToken(kept), stale: false });
    const found = await this.#sessions.look();
    // The gateway can't be asked now, or has no sessions. Then the known state stays.
    if (!found) return this.become({ looking: false });
    const { provider, hasEnded, known } = found;
    const { signedIn } = this.view;
    if (signedIn?.token) return this.become({ looking: false, provider });
    // A session that was refused stays refused. Only a proxy that removes parts of requests would make the gateway refuse a valid one.
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

  /** Signs in with a token. If the gateway begins a session for it, the session is used. Otherwise this tab keeps the token. */
  async signIn(brought: Brought): Promise<void> {
    // The gateway ends the former session now. This needs no message to the person who signs in.
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

  /** Returns whether it succeeded. If the gateway could not be told, its session would go on. */
  async signOut({ everywhere = false } = {}): Promise<boolean> {
    const { signedIn, stale } = this.view;
    const isTold = signedIn?.session == null || (await this.#sessions.end(everywhere)) || stale;
    if (!isTold) return false;
    this.#store.removeItem(KEPT_AS);
    this.become({ signedIn: null, stale: false, hasEnded: false });
    this.#tabs.postMessage(CHANGED);
    return true;
  }

  /** Call it when the gateway no longer accepts `shown`. If somebody has signed in since, nothing changes. */
  expire(shown: SignedIn | null): void {
    const { signedIn, stale } = this.view;
    if (shown === null || signedIn !== shown || stale || this.#isSigningIn) return;
    this.become({ stale: true });
    // Another tab may have signed in anew.
    if (shown.token === null) void this.look();
  }

  /** Resolves once nobody is signed in, or somebody whom the gateway may accept. */
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

/** The used part of the browser's `location` and `history`. */
interface Address {
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}
interface Visited {
  readonly state: unknown;
  replaceState(state: unknown, unused: string, address: string): void;
}

/** Why the identity provider signed nobody in. The gateway puts one of these words into the address. */
export const REFUSALS = ['refused', 'again', 'nothing', 'unavailable'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Removes the refusal from the address, so that it is shown once. Null if there is none. */
export function takeRefusalFromAddress(location: Address, history: Visited): Refusal | null {
  const said = new URLSearchParams(location.hash.slice(1)).get('sign-in');
  if (said !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return REFUSALS.find((refusal) => refusal === said) ?? null;
}

/**
 * Removes the token from the address (`#token=…`), where `hookcast dev` puts it. A fragment reaches no server and no log, and once removed
 * it stays in no history and in nobody's screenshot. Null if there is none.
 */
export function takeTokenFromAddress(location: Address, history: Visited): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}
