import type { Logger } from 'pino';
import { HookcastError } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import { verify } from '../providers/ask.ts';
import type { HandshakeSecret } from '../providers/challenge.ts';
import type { Arrived, Provider, Verified } from '../providers/provider.ts';
import { decrypted, encrypted, keyFor } from './encrypted.ts';

/** The most secrets of a source. Senders bring one for each of their webhooks. A further one deletes the oldest. */
const MOST = 32;
/** The least milliseconds between two reads of the log for new secrets, since forgeries may come without end. */
const AGAIN = 1_000;

interface Known {
  /** The provider whose tokens the secrets were brought with. A reload may have removed a token. */
  readonly provider: Provider;
  readonly secrets: readonly string[];
  readonly readAt: number;
}

export interface ReceivedSecretsOptions {
  readonly log: Pick<EventLog, 'receivedSecrets' | 'naming'>;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The secrets that senders have brought to sources. The log keeps them encrypted, for all of its gateways. */
export class ReceivedSecrets {
  readonly #options: ReceivedSecretsOptions;
  readonly #known = new Map<string, Known>();
  readonly #reading = new Map<string, Promise<Known>>();

  constructor(options: ReceivedSecretsOptions) {
    this.#options = options;
  }

  /** Resolves once the secret is durable: from then on the sender relies on it. */
  async keep(source: string, { secret, under }: HandshakeSecret): Promise<void> {
    const { log, logger, now } = this.#options;
    const kept = encrypted(secret, await this.#key(), boundTo(source, under));
    const gone = await log.receivedSecrets.keep({ source, secret: kept, at: now() }, MOST);
    this.#known.delete(source);
    logger.info({ source }, 'a sender sent a secret; it is kept in the log');
    if (gone > 0) logger.warn({ source, most: MOST }, 'the oldest secret of the sender was deleted');
  }

  /**
   * Verifies a delivery of a source whose sender brings its secrets.
   *
   * @throws {HookcastError} as `verify` does, and LOG_UNAVAILABLE if the secrets can't be read.
   */
  async verify(provider: Provider, source: string, arrived: Arrived): Promise<Verified> {
    const known = await this.#secretsOf(provider, source);
    try {
      return await verify(provider, { ...arrived, brought: known.secrets });
    } catch (error) {
      const isForged = error instanceof HookcastError && error.code === 'SIGNATURE_INVALID';
      const newer = isForged ? await this.#newer(provider, source, known) : known;
      if (newer.secrets === known.secrets) throw error;
      return verify(provider, { ...arrived, brought: newer.secrets });
    }
  }

  async #secretsOf(provider: Provider, source: string): Promise<Known> {
    const known = this.#known.get(source);
    return known?.provider === provider ? known : this.#read(provider, source);
  }

  /** A sender may have brought a new secret to another gateway since. */
  async #newer(provider: Provider, source: string, known: Known): Promise<Known> {
    const isAsked = this.#reading.has(source);
    return isAsked || performance.now() - known.readAt >= AGAIN ? this.#read(provider, source) : known;
  }

  /** One read serves all concurrent callers. */
  #read(provider: Provider, source: string): Promise<Known> {
    let reading = this.#reading.get(source);
    if (!reading) {
      reading = this.#readAnew(provider, source).finally(() => this.#reading.delete(source));
      this.#reading.set(source, reading);
    }
    return reading;
  }

  async #readAnew(provider: Provider, source: string): Promise<Known> {
    const before = this.#known.get(source);
    const readAt = performance.now();
    const kept = await this.#options.log.receivedSecrets.list(source);
    const key = await this.#key();
    const read = kept.map(({ secret }) => this.#secretIn(secret, key, provider, source)).filter((one) => one !== null);
    const isSame = before?.provider === provider && before.secrets.join('\n') === read.toReversed().join('\n');
    const known = { provider, secrets: isSame ? before.secrets : read.toReversed(), readAt };
    this.#known.set(source, known);
    return known;
  }

  #secretIn(kept: string, key: Buffer, { bringsUnder = [] }: Provider, source: string): string | null {
    for (const under of bringsUnder) {
      const secret = decrypted(kept, key, boundTo(source, under));
      if (secret !== null) return secret;
    }
    return null;
  }

  async #key(): Promise<Buffer> {
    return keyFor((await this.#options.log.naming()).secret, 'secrets that senders bring');
  }
}

/** A secret is bound to its source and to the token that it was brought with: it is valid for no other. */
function boundTo(source: string, under: string): string {
  return JSON.stringify([source, under]);
}
