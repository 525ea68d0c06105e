import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { HTTP, HookcastError, forLog, toHookcastError } from '../errors.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Metrics } from './metrics.ts';
import { sendJson, sendProblem } from './problem.ts';
import { readBody } from './read-body.ts';

export interface WebhooksOptions {
  readonly ingest: Ingest;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly maxBodyBytes: number;
}

/** `POST /webhooks/:source`: answered 200 once the delivery is durable, with a problem otherwise. */
export function webhooks({ ingest, metrics, logger, maxBodyBytes }: WebhooksOptions) {
  return async (request: IncomingMessage, response: ServerResponse, source: string): Promise<void> => {
    const began = performance.now();
    // Of the counter's labels only names that are configured: a stranger could make up any number of others.
    let label = 'unknown';
    let outcome: string;
    try {
      ingest.source(source);
      label = source;
      if (request.method !== 'POST') throw new HookcastError('METHOD_NOT_ALLOWED', 'Send deliveries with POST.');
      const body = await readBody(request, maxBodyBytes);
      const receipt = await ingest.receive(source, { headers: request.headers, body });
      outcome = receipt.status;
      sendJson(response, 200, receipt);
    } catch (thrown) {
      const error = toHookcastError(thrown);
      if (HTTP[error.code].status >= 500) {
        logger.error({ source: label, ...forLog(thrown) }, 'a delivery could not be taken');
      }
      outcome = error.code.toLowerCase();
      // The connection is not kept: what is left of the body would be taken for the next request.
      sendProblem(response, error, {
        connection: 'close',
        ...(HTTP[error.code].status === 405 && { allow: 'POST' }),
      });
    }
    metrics.delivery(label, outcome, (performance.now() - began) / 1000);
    logger.info({ source: label, outcome, ms: Math.round(performance.now() - began) }, 'delivery');
  };
}
