import { Observed } from '../observed.ts';
import { identityOf } from './claims.ts';
import type { Taken } from './request.ts';
import { type Brought, type Refusal, type Session, readToken } from './session.ts';

export interface LinksView {
  /** A token that a link brought is being tried. */
  readonly trying: boolean;
  /** That of somebody else than who is signed in, who is asked about it. */
  readonly offered: Brought | null;
  /** Why the last one signed nobody in. */
  readonly answer: 'none' | 'expired' | 'refused' | null;
  /** Why nobody came back from the identity provider. */
  readonly refusal: Refusal | null;
}

const NOTHING: LinksView = { trying: false, offered: null, answer: null, refusal: null };

/**
 * Tokens that come by links. Anybody can write a link: without being asked, nobody becomes somebody else by following one
 * and goes on to work in another's name, and one that is forged takes the place of none that is good.
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
   * Tries a token that a link brought. A newer link takes the place of one that is still being tried.
   *
   * @param first what is waited for: who is signed in already may not be known yet.
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

  /** The identity provider has led somebody back whom it did not sign in. */
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
