import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { forLog, toHookcastError } from '../errors.ts';
import { Outage } from './outage.ts';

/** Reports errors to the operator: under the request's id, or summed if the log fails. */
export class Reports {
  /** Failures to read the log, and to write it. */
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

  /** Does the work. All reports during the work have this id. */
  during<T>(requestId: string, work: () => T): T {
    return this.#requests.run(requestId, work);
  }

  /** Makes a function that reports the gateway's own errors with this message. It returns the id under which it reported. */
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
