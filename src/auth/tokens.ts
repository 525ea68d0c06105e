import type { Logger } from 'pino';
import { HookcastError, forLog } from '../errors.ts';
import type { Token, TokenRecord } from '../events/token.ts';
import { Shared } from '../shared.ts';
import type { Bearer } from './viewer.ts';

/** How often the log is asked whether a token was revoked, in milliseconds: its subscriptions must end within a second. */
const LOOK = 500;
/** How exactly a token's last use is known, and how often it is recorded, in milliseconds. */
const MINUTE = 60_000;
const RECORD = 10_000;

export interface TokensOptions {
  readonly record: TokenRecord;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called when the log's number of changes differs, since this number also counts changes of other things than tokens. */
  readonly changed?: () => Promise<void>;
}

type Of = Pick<Bearer, 'tokenId' | 'parentId'>;

/**
 * Knows which tokens the log says were revoked, and what has to end with them. A request costs a look into memory. A timer asks the log
 * for one number, and for its tokens only if the number differs. `watch` would call after each commit of events, and would keep a
 * connection of PostgreSQL's for each gateway.
 */
export class Tokens {
  readonly #options: TokensOptions;
  /** The tokens in the log, by their ids. */
  #known: ReadonlyMap<string, Token> = new Map();
  #changes = NaN;
  #rereading: Promise<void> | null = null;
  /** Strangers may show as many made-up sessions as they like, and the log is asked about each. */
  readonly #looking = new Shared(() => this.#look());
  #isLooking = false;
  readonly #held = new Map<string, Set<() => void>>();
  /** When each token was last noted as used, and the notes that are not recorded yet. */
  readonly #noted = new Map<string, number>();
  #unrecorded = new Map<string, number>();
  #recordedAt: number;
  readonly #timer: NodeJS.Timeout;

  private constructor(options: TokensOptions) {
    this.#options = options;
    this.#recordedAt = options.now();
    this.#timer = setInterval(() => void this.#tick(), LOOK).unref();
  }

  /** @throws {HookcastError} LOG_UNAVAILABLE, since it can't be known then which tokens were revoked. */
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

  /** Calls `end` when the token is revoked, or at once if it is revoked already. Returns how to stop; null for a token without an id. */
  hold({ tokenId, parentId }: Of, end: () => void): (() => void) | null {
    if (tokenId === null) return null;
    const releases = [tokenId, parentId].filter((id) => id !== null).map((id) => this.#holdOne(id, end));
    return releases.length === 1 ? releases[0]! : () => releases.forEach((release) => release());
  }

  /** The token, as far as the log is known. */
  find(id: string): Token | null {
    return this.#known.get(id) ?? null;
  }

  /** All tokens, as far as the log is known. */
  all(): Iterable<Token> {
    return this.#known.values();
  }

  /** A token's last use, as far as this gateway knows: other gateways' notes are read with the next change, or with `reread`. */
  lastUse({ id, issuedAt, usedAt }: Token): number {
    return Math.max(issuedAt ?? 0, usedAt ?? 0, this.#noted.get(id) ?? 0);
  }

  /** Asks the log for changes, and ends what was begun with tokens that were revoked. All that ask meanwhile share one look. */
  look(): Promise<void> {
    return this.#looking.ask();
  }

  async #look(): Promise<void> {
    const changes = await this.#options.record.changes();
    if (changes !== this.#changes) await this.#read(changes);
  }

  /** Reads all tokens, even if the number is the same: a token's last use is no change. All that wait share one read. */
  reread(): Promise<void> {
    const read = async () => this.#read(await this.#options.record.changes());
    return (this.#rereading ??= read().finally(() => (this.#rereading = null)));
  }

  /** Records the last uses. */
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

  /** @param changes the number before the reading: if a token changes during it, then they are read once more. */
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
        // A stream uses its token for as long as it runs.
        for (const id of this.#held.keys()) if (this.#known.get(id)?.revokedAt === null) this.#note(id);
        await this.#recordUses();
      }
    } catch (error) {
      // The tokens that are known so far still count. Other code reports that the log can't be read.
      this.#options.logger.debug(
        forLog(error),
        'could not ask the log which tokens were revoked; trying again in a moment',
      );
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
      this.#options.logger.debug(forLog(error), 'could not record when tokens were used; trying again in a moment');
    }
  }
}

function revoked(): HookcastError {
  return new HookcastError(
    'TOKEN_REVOKED',
    'The token was revoked. Sign in again, or ask the operator for another one.',
  );
}
