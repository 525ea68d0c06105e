import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { HTTP, HookcastError, forLog, toHookcastError } from '../errors.ts';
import type { Observer } from '../events/observer.ts';
import type { Answers } from '../ingest/answer-counts.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Receipt } from '../ingest/receipt.ts';
import type { Pauses } from '../ingest/pauses.ts';
import type { Recent } from '../ingest/recent.ts';
import type { WebhookLimits } from '../limits.ts';
import type { Reports } from '../telemetry/reports.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { acknowledge, answerChallenge, refuse } from './acknowledge.ts';
import type { Tallies } from '../tallies/tallies.ts';
import type { Addresses } from './address.ts';
import type { Bodies } from './bodies.ts';
import { Dropped } from './dropped.ts';
import { RequestLog } from './request-log.ts';
import { Turn } from './turn.ts';
import { sendJson } from './problem.ts';
import { answerUrlCheck, isUrlCheck } from './url-check.ts';

export interface WebhooksOptions {
  readonly ingest: Ingest;
  readonly observer: Pick<Observer, 'onDelivery' | 'onEvents' | 'onLimit'>;
  readonly answers: Pick<Answers, 'count'>;
  readonly pauses: Pick<Pauses, 'assertRunning'>;
  readonly recent: Pick<Recent, 'note'>;
  readonly reports: Reports;
  /** Null if there are no traces. */
  readonly tracing: Tracing | null;
  readonly logger: Logger;
  readonly limits: WebhookLimits;
  readonly tallies: Tallies;
  readonly bodies: Bodies;
  readonly addresses: Addresses;
  /** `PUBLIC_URL`: the part of the address before the path, as senders know it. */
  readonly publicUrl: string | null;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number;
}

/** When a sender that sends too much is asked to come again, in seconds: the rate is for each second. */
const NEXT_SECOND = '1';
/** When a sender is asked to come again while its source is paused, in seconds. */
const NEXT_MINUTE = '60';
/** The body of a request that is not read. */
const NOTHING = Buffer.alloc(0);

/**
 * `POST /webhooks/:source`: answered 200 once the delivery is durable, with a problem otherwise. A sender that only checks
 * whether the URL is there is answered 200 as well.
 */
export function webhooks({
  ingest,
  observer,
  answers,
  pauses,
  recent,
  reports,
  tracing,
  logger,
  limits,
  tallies,
  bodies,
  addresses,
  publicUrl,
  clock,
}: WebhooksOptions) {
  const rates = tallies.rates('deliveries a second of', limits.rate);
  const dropped = new Dropped(logger, clock);
  const turn = new Turn();
  const tooMany = () => {
    observer.onLimit('webhook_rate');
    return new HookcastError(
      'TOO_MANY_REQUESTS',
      `This source may send ${limits.rate} deliveries a second. Send this one again later.`,
    );
  };
  return async (request: IncomingMessage, response: ServerResponse, place: string): Promise<void> => {
    // A secret may follow the name in the path, so only the name is ever logged.
    const slash = place.indexOf('/');
    const source = slash === -1 ? place : place.slice(0, slash);
    const requestLog = new RequestLog(request, response, tracing, recent);
    let largestBody: number | undefined;
    let isAuthentic = false;
    let respond: ReturnType<Ingest['source']>['respond'];
    const arrivedWith = (body: Buffer) => ({
      headers: request.headers,
      body,
      method: request.method ?? '',
      publicUrl,
      target: request.url ?? '/',
      from: () => addresses.peer(request),
    });
    const answered = (answer: Receipt['challenge'] | null) => {
      if (answer) answerChallenge(response, answer);
      else answerUrlCheck(response);
      observer.onDelivery(source, 'pong', requestLog.seconds);
      answers.count(source, 'pong');
      const about = answer ? { challenge: true } : { method: request.method };
      logger.info({ ...requestLog.end('pong', response.statusCode), ...about }, 'delivery');
    };
    try {
      ({ largestBody, respond } = ingest.source(source, slash === -1));
      requestLog.source = source;
      if (request.method !== 'POST') {
        const question = await ingest.challenged(source, arrivedWith(NOTHING));
        if (question) return answered(question);
        if (isUrlCheck(request, 0)) return answered(null);
        throw new HookcastError(
          'METHOD_NOT_ALLOWED',
          'Send deliveries with POST. If you did, a redirect has changed the method: send deliveries to the final address.',
        );
      }
      pauses.assertRunning(source);
      // If nothing is left of the rate, the body is not read. But only authentic deliveries use it up (`admit`): otherwise forged
      // ones, which cost only a hash each, would have the real sender refused.
      if (!rates.isLeft(source)) throw tooMany();
      const body = await bodies.read(request, largestBody);
      await turn.end();
      const arrived = arrivedWith(body);
      const question = ingest.challenged(source, arrived);
      const answer = question && (await question);
      if (answer) return answered(answer);
      if (isUrlCheck(request, body.length)) return answered(null);
      const admit = () => {
        isAuthentic = true;
        if (!rates.take(source)) throw tooMany();
      };
      const receipt = await ingest.receive(source, arrived, {
        observer: requestLog,
        admit,
        sender: () => addresses.of(request),
      });
      if (receipt.challenge) return answered(receipt.challenge);
      if (receipt.id !== null || receipt.events) reports.writing.worked();
      acknowledge(response, receipt, respond);
      if (receipt.events) observer.onEvents(source, receipt.events);
      observer.onDelivery(source, receipt.status, requestLog.seconds);
      answers.count(source, receipt.status);
      logger[requestLog.isUnfit ? 'warn' : 'info'](requestLog.end(receipt.status, response.statusCode), 'delivery');
    } catch (thrown) {
      const error = toHookcastError(thrown);
      const isDropped = error.code === 'BODY_TOO_LARGE' && largestBody !== undefined;
      const status = isDropped ? 200 : HTTP[error.code].status;
      // The answer does not close the connection: if bytes of the body were still to come, it would be reset, and the sender, or Apache
      // and HAProxy before the gateway, would see that in place of the answer. See `linger`.
      if (isDropped) sendJson(response, status, { status: 'ignored', id: null } satisfies Receipt);
      else {
        const headers = {
          ...(status === 405 && { allow: 'GET, HEAD, POST' }),
          ...(status === 429 && { 'retry-after': NEXT_SECOND }),
          ...(error.code === 'SOURCE_PAUSED' && { 'retry-after': NEXT_MINUTE }),
        };
        refuse(response, error, headers, respond);
      }
      const outcome = error.code.toLowerCase();
      observer.onDelivery(requestLog.source, outcome, requestLog.seconds);
      // Only configured sources are counted, as above.
      if (error.code !== 'UNKNOWN_SOURCE') answers.count(source, outcome);
      const line = requestLog.end(outcome, status);
      if (isDropped) dropped.say(source, line, Math.max(limits.body, largestBody ?? 0));
      // Strangers can fill the room for bodies as well, which says nothing of the log.
      if (error.code === 'LOG_UNAVAILABLE' || (error.code === 'OVERLOADED' && isAuthentic)) {
        reports.writing.failed(() => ({ ...line, ...forLog(thrown) }));
      } else if (status >= 500 && error.code !== 'SOURCE_PAUSED' && error.code !== 'OVERLOADED')
        logger.error({ ...line, ...forLog(thrown) }, 'delivery');
      else logger.info({ ...line, reason: error.message }, 'delivery');
    }
  };
}
