import type { Logger } from 'pino';
import { HookcastError, forLog } from '../errors.ts';
import type { TokenRecord } from '../events/token.ts';
import type { Bearer } from './viewer.ts';

/** How often the log is asked whether a token was revoked, in milliseconds: what it began has to end within a second. */
const LOOK = 500;
/** How exactly it is known when a token was used last, and how often that is recorded, in milliseconds. */
const MINUTE = 60_000;
const RECORD = 10_000;

export interface TokensOptions {
  readonly record: TokenRecord;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when something else has changed that the same number tells of. */
  readonly changed?: () => Promise<void>;
}

type Of = Pick<Bearer, 'tokenId'>;

/**
 * Which tokens were revoked, as far as the log knows, and what has to end with them. A request costs a look into memory. The log is asked
 * for one number, and for its tokens only when that is another one: by a timer and not by `watch`, which calls after each commit of
 * events and would keep a connection of PostgreSQL's for each gateway.
 */
export class Tokens {
  readonly #options: TokensOptions;
  /** By their ids, those that the log knows: whether each was revoked. */
  #known: ReadonlyMap<string, boolean> = new Map();
  #changes = NaN;
  #isLooking = false;
  readonly #held = new Map<string, Set<() => void>>();
  /** When each was noted as used, and what of that is not recorded yet. */
  readonly #noted = new Map<string, number>();
  #unrecorded = new Map<string, number>();
  #recordedAt: number;
  readonly #timer: NodeJS.Timeout;

  private constructor(options: TokensOptions) {
    this.#options = options;
    this.#recordedAt = options.now();
    this.#timer = setInterval(() => void this.#tick(), LOOK).unref();
  }

  /** @throws {HookcastError} LOG_UNAVAILABLE: nobody would know then what was revoked. */
  static async open(options: TokensOptions): Promise<Tokens> {
    const tokens = new Tokens(options);
    try {
      await tokens.look();
    } catch (error) {
      clearInterval(tokens.#timer);
      throw error;
    }
    return tokens;
  }

  /** Lets a checked token in. @throws {HookcastError} TOKEN_REVOKED. */
  admit(bearer: Bearer): Bearer {
    const { tokenId } = bearer;
    if (tokenId === null) return bearer;
    const isRevoked = this.#known.get(tokenId);
    if (isRevoked === true) throw revoked();
    if (isRevoked === false) this.#note(tokenId);
    return bearer;
  }

  /** Calls back when the token is revoked, also if it was meanwhile. Returns the way to stop it; null for a token without an id. */
  hold({ tokenId }: Of, end: () => void): (() => void) | null {
    if (tokenId === null) return null;
    if (this.#known.get(tokenId) === true) queueMicrotask(end);
    const ends = this.#held.get(tokenId) ?? new Set();
    this.#held.set(tokenId, ends.add(end));
    return () => {
      ends.delete(end);
      if (ends.size === 0 && this.#held.get(tokenId) === ends) this.#held.delete(tokenId);
    };
  }

  /** Takes what the log says by now, and ends what was begun with tokens that were revoked. */
  async look(): Promise<void> {
    const { record } = this.#options;
    const changes = await record.tokenChanges();
    if (changes === this.#changes) return;
    await this.#options.changed?.();
    const known = new Map((await record.listTokens()).map(({ id, revokedAt }) => [id, revokedAt !== null]));
    // The number of before: what was changed while they were read is read once more.
    this.#changes = changes;
    this.#known = known;
    for (const [id, isRevoked] of known) {
      if (isRevoked) for (const end of this.#held.get(id) ?? []) end();
    }
    for (const id of this.#noted.keys()) if (!known.has(id)) this.#noted.delete(id);
  }

  /** Records the last of what was used. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#recordUses();
  }

  async #tick(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.look();
      const now = this.#options.now();
      if (Math.abs(now - this.#recordedAt) >= RECORD) {
        this.#recordedAt = now;
        // A stream uses its token for as long as it is there.
        for (const id of this.#held.keys()) if (this.#known.get(id) === false) this.#note(id);
        await this.#recordUses();
      }
    } catch (error) {
      // What was known goes on to count, and that the log can't be read is told elsewhere.
      this.#options.logger.debug(forLog(error), 'whether tokens were revoked is not known just now');
    } finally {
      this.#isLooking = false;
    }
  }

  #note(id: string): void {
    const now = this.#options.now();
    if (Math.abs(now - (this.#noted.get(id) ?? -Infinity)) < MINUTE) return;
    this.#noted.set(id, now);
    this.#unrecorded.set(id, now);
  }

  async #recordUses(): Promise<void> {
    const uses = this.#unrecorded;
    if (uses.size === 0) return;
    this.#unrecorded = new Map();
    try {
      await this.#options.record.useTokens([...uses].map(([id, at]) => ({ id, at })));
    } catch (error) {
      this.#unrecorded = new Map([...uses, ...this.#unrecorded]);
      this.#options.logger.debug(forLog(error), 'when tokens were used is recorded later');
    }
  }
}

/** How a token is refused that was revoked. */
function revoked(): HookcastError {
  return new HookcastError(
    'TOKEN_REVOKED',
    'The token was revoked. Sign in anew, or ask the operator for another one.',
  );
}
