import { Observed } from '../observed.ts';
import { identityOf } from './claims.ts';
import type { Taken } from './request.ts';
import { type Brought, type Refusal, type Session, readToken } from './session.ts';

export interface LinksView {
  /** A token that a link brought is being tried. */
  readonly trying: boolean;
  /** A token of somebody else than the signed-in person, who has to confirm it. */
  readonly offered: Brought | null;
  /** Why the last link signed nobody in. */
  readonly answer: 'none' | 'expired' | 'refused' | null;
  /** Why nobody came back from the identity provider. */
  readonly refusal: Refusal | null;
}

const NOTHING: LinksView = { trying: false, offered: null, answer: null, refusal: null };

/**
 * Tokens from links. Anybody can write a link, so following one never changes who is signed in without a question: otherwise somebody would
 * go on to work in another's name. A forged token never replaces a valid one.
 */
export class Links extends Observed<LinksView> {
  readonly #session: Session;
  readonly #isTaken: (token: string) => Promise<Taken>;
  #followed = 0;

  constructor(session: Session, isTaken: (token: string) => Promise<Taken>) {
    super(NOTHING);
    this.#session = session;
    this.#isTaken = isTaken;
  }

  /**
   * Tries the token of a link. A newer link replaces one that is still being tried.
   *
   * @param first awaited before, since it may not be known yet who is signed in.
   */
  async follow(text: string, first?: Promise<void>): Promise<void> {
    const followed = ++this.#followed;
    if (first) {
      this.become({ ...NOTHING, trying: true });
      await first;
    }
    const brought = readToken(text);
    if (!brought) return this.become({ ...NOTHING, answer: 'none' });
    if (brought.token === this.#session.view.signedIn?.token) return this.become(NOTHING);
    this.become({ ...NOTHING, trying: true });
    const taken = await this.#isTaken(brought.token);
    if (followed === this.#followed) await this.#decide(brought, taken);
  }

  /** The identity provider led somebody back without signing them in. */
  refuse(refusal: Refusal): void {
    this.become({ ...NOTHING, refusal });
  }

  readonly stay = (): void => this.become(NOTHING);

  readonly change = async (): Promise<void> => {
    const { offered } = this.view;
    this.become(NOTHING);
    if (offered) await this.#session.signIn(offered);
  };

  async #decide(brought: Brought, taken: Taken): Promise<void> {
    const { signedIn } = this.#session.view;
    if (taken === 'expired' || taken === 'refused') return this.become({ ...NOTHING, answer: taken });
    if (!signedIn) {
      await this.#session.signIn(brought);
    } else if (taken === 'taken') {
      const isOther = identityOf(brought.claims) !== identityOf(signedIn.claims);
      if (isOther) return this.become({ ...NOTHING, offered: brought });
      await this.#session.signIn(brought);
    }
    this.become(NOTHING);
  }
}
