import type { Logger } from 'pino';
import { traceOf } from '../providers/failed.ts';
import { VerifierError } from '../providers/ask.ts';

/** The least milliseconds between two log lines about one source: any sender can make a verifier fail, as often as it likes. */
const EVERY = 60_000;

/** Logs where a user's own verifier fails: once a minute for each source, without anything that was sent. */
export class VerifierFaults {
  readonly #logger: Logger;
  readonly #clock: () => number;
  readonly #said = new Map<string, { at: number; unsaid: number }>();

  /** @param clock a monotonic clock in milliseconds. */
  constructor(logger: Logger, clock: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** Runs a verifier, which may return a promise, and logs its failure. */
  watch<T>(source: string, verifying: () => T): T {
    try {
      const verified = verifying();
      if (!(verified instanceof Promise)) return verified;
      return verified.catch((error: unknown) => this.#rethrow(source, error)) as T;
    } catch (error) {
      return this.#rethrow(source, error);
    }
  }

  #rethrow(source: string, error: unknown): never {
    if (error instanceof VerifierError) this.#met(source, error.cause);
    throw error;
  }

  #met(source: string, cause: unknown): void {
    const now = this.#clock();
    const last = this.#said.get(source);
    if (last && now - last.at < EVERY) return void (last.unsaid += 1);
    this.#said.set(source, { at: now, unsaid: 0 });
    // The error's message is left out, since it may quote what was sent.
    const fields = { source, ...traceOf(cause), ...(last && last.unsaid > 0 && { more: last.unsaid }) };
    this.#logger.warn(
      fields,
      'a verifier failed, so its delivery is refused: let it call refuse() for deliveries that it does not accept',
    );
  }
}
