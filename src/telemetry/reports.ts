import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { forLog, toHookcastError } from '../errors.ts';
import { Outage } from './outage.ts';

/** What an operator is told of what goes wrong: under the id of the request, and of a log that fails only now and then. */
export class Reports {
  /** That the log can't be read, or written. */
  readonly reading: Outage;
  readonly writing: Outage;
  readonly #logger: Logger;
  readonly #requests = new AsyncLocalStorage<string>();

  /** @param probe reads the log. */
  constructor(logger: Logger, probe: () => Promise<unknown>) {
    this.#logger = logger;
    this.reading = new Outage({
      logger,
      failing: "the log can't be read",
      works: 'the log is back: it can be read',
      probe,
    });
    this.writing = new Outage({
      logger,
      failing: "the log can't be written",
      works: 'the log is back: it can be written',
    });
  }

  /** Everything that is reported of the work stands under this id. */
  during<T>(requestId: string, work: () => T): T {
    return this.#requests.run(requestId, work);
  }

  /** How to report what went wrong on our side, as so named. It answers with the id that it stands under. */
  of(message: string): (cause: unknown, requestId?: string) => string {
    return (cause, requestId = this.#requests.getStore() ?? randomUUID()) => {
      const fields = () => ({ requestId, ...forLog(cause) });
      if (toHookcastError(cause).code === 'LOG_UNAVAILABLE') this.reading.failed(fields);
      else this.#logger.error(fields(), message);
      return requestId;
    };
  }

  close(): void {
    this.reading.close();
    this.writing.close();
  }
}
