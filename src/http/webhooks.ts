import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { HTTP, HookcastError, forLog, toHookcastError } from '../errors.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Reports } from '../telemetry/reports.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { Passage } from './passage.ts';
import { sendJson, sendProblem } from './problem.ts';
import { readBody } from './read-body.ts';

export interface WebhooksOptions {
  readonly ingest: Ingest;
  readonly metrics: Metrics;
  readonly reports: Reports;
  /** Null without traces. */
  readonly tracing: Tracing | null;
  readonly logger: Logger;
  readonly maxBodyBytes: number;
}

/** `POST /webhooks/:source`: answered 200 once the delivery is durable, with a problem otherwise. */
export function webhooks({ ingest, metrics, reports, tracing, logger, maxBodyBytes }: WebhooksOptions) {
  return async (request: IncomingMessage, response: ServerResponse, source: string): Promise<void> => {
    const passage = new Passage(request, response, tracing);
    try {
      ingest.source(source);
      passage.source = source;
      if (request.method !== 'POST') throw new HookcastError('METHOD_NOT_ALLOWED', 'Send deliveries with POST.');
      const body = await readBody(request, maxBodyBytes);
      const receipt = await ingest.receive(source, { headers: request.headers, body }, passage);
      if (receipt.id !== null) reports.writing.worked();
      sendJson(response, 200, receipt);
      metrics.delivery(source, receipt.status, passage.seconds);
      logger[passage.isUnfit ? 'warn' : 'info'](passage.end(receipt.status, 200), 'delivery');
    } catch (thrown) {
      const error = toHookcastError(thrown);
      const { status } = HTTP[error.code];
      // The connection is not kept: what is left of the body would be taken for the next request.
      sendProblem(response, error, { connection: 'close', ...(status === 405 && { allow: 'POST' }) });
      const outcome = error.code.toLowerCase();
      metrics.delivery(passage.source, outcome, passage.seconds);
      const line = passage.end(outcome, status);
      if (error.code === 'LOG_UNAVAILABLE' || error.code === 'OVERLOADED') {
        reports.writing.failed(() => ({ ...line, ...forLog(thrown) }));
      } else if (status >= 500) logger.error({ ...line, ...forLog(thrown) }, 'delivery');
      else logger.info(line, 'delivery');
    }
  };
}
