import type { Logger } from 'pino';
import { HookcastError, forLog } from '../errors.ts';
import type { Token, TokenRecord } from '../events/token.ts';
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

type Of = Pick<Bearer, 'tokenId' | 'parentId'>;

/**
 * Which tokens were revoked, as far as the log knows, and what has to end with them. A request costs a look into memory. The log is asked
 * for one number, and for its tokens only when that is another one: by a timer and not by `watch`, which calls after each commit of
 * events and would keep a connection of PostgreSQL's for each gateway.
 */
export class Tokens {
  readonly #options: TokensOptions;
  /** Those that the log knows, by their ids. */
  #known: ReadonlyMap<string, Token> = new Map();
  #changes = NaN;
  #rereading: Promise<void> | null = null;
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
    const { tokenId, parentId } = bearer;
    if (this.#isRevoked(tokenId) || this.#isRevoked(parentId)) throw revoked();
    for (const id of [tokenId, parentId]) if (id !== null && this.#known.has(id)) this.#note(id);
    return bearer;
  }

  /** @throws {HookcastError} TOKEN_REVOKED. */
  refuseRevoked(id: string): void {
    if (this.#isRevoked(id)) throw revoked();
  }

  /** Calls back when the token is revoked, also if it was meanwhile. Returns the way to stop it; null for a token without an id. */
  hold({ tokenId, parentId }: Of, end: () => void): (() => void) | null {
    if (tokenId === null) return null;
    const releases = [tokenId, parentId].filter((id) => id !== null).map((id) => this.#holdOne(id, end));
    return releases.length === 1 ? releases[0]! : () => releases.forEach((release) => release());
  }

  /** What the log is known to have of it. */
  find(id: string): Token | null {
    return this.#known.get(id) ?? null;
  }

  /** All that the log is known to have. */
  all(): Iterable<Token> {
    return this.#known.values();
  }

  /** When it was used last, as far as this gateway knows: other gateways' notes are read with the next change, or with `reread`. */
  lastUse({ id, issuedAt, usedAt }: Token): number {
    return Math.max(issuedAt ?? 0, usedAt ?? 0, this.#noted.get(id) ?? 0);
  }

  /** Takes what the log says by now, and ends what was begun with tokens that were revoked. */
  async look(): Promise<void> {
    const changes = await this.#options.record.changes();
    if (changes !== this.#changes) await this.#read(changes);
  }

  /** Reads all of them, also when none was issued or revoked: when a token was used last is no change. Once for all who wait. */
  reread(): Promise<void> {
    const read = async () => this.#read(await this.#options.record.changes());
    return (this.#rereading ??= read().finally(() => (this.#rereading = null)));
  }

  /** Records the last of what was used. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#recordUses();
  }

  #isRevoked(id: string | null): boolean {
    return id !== null && (this.#known.get(id)?.revokedAt ?? null) !== null;
  }

  #holdOne(id: string, end: () => void): () => void {
    if (this.#isRevoked(id)) queueMicrotask(end);
    const ends = this.#held.get(id) ?? new Set();
    this.#held.set(id, ends.add(end));
    return () => {
      ends.delete(end);
      if (ends.size === 0 && this.#held.get(id) === ends) this.#held.delete(id);
    };
  }

  /** @param changes the number of before: what is changed while they are read is read once more. */
  async #read(changes: number): Promise<void> {
    if (changes !== this.#changes) await this.#options.changed?.();
    const known = new Map((await this.#options.record.list()).map((token) => [token.id, token]));
    this.#changes = changes;
    this.#known = known;
    for (const { id, revokedAt } of known.values()) {
      if (revokedAt !== null) for (const end of this.#held.get(id) ?? []) end();
    }
    for (const id of this.#noted.keys()) if (!known.has(id)) this.#noted.delete(id);
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
        for (const id of this.#held.keys()) if (this.#known.get(id)?.revokedAt === null) this.#note(id);
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
      await this.#options.record.use([...uses].map(([id, at]) => ({ id, at })));
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
