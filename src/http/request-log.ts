import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Issue } from '../events/quarantine.ts';
import type { Counts, DeliveryObserver } from '../events/observer.ts';
import type { Recent } from '../ingest/recent.ts';
import type { DeliverySpan } from '../telemetry/spans.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { requestIdOf } from './reply.ts';

/** The most characters of a type, an id or a reason in a line: the provider chooses them, and they may have any length. */
const MOST = 200;

/** A delivery's source until it is found. */
const NOBODY = 'unknown';

/** Notes what the log line and the span of one delivery will say. */
export class RequestLog implements DeliveryObserver {
  /** Only a configured name: a stranger could make up any number of others. */
  source = NOBODY;
  readonly #began = performance.now();
  readonly #requestId: string;
  readonly #span: DeliverySpan | null;
  readonly #request: IncomingMessage;
  readonly #recent: Pick<Recent, 'note'>;
  /** When each step began. A step ends when the next one begins: waiting for its promise would cost more than reading the clock. */
  #verifying = NaN;
  #normalising = NaN;
  #appending = NaN;
  #type: string | null = null;
  #eventId: string | null = null;
  #counts: Counts | null = null;
  #reason: string | null = null;
  #kept: { readonly quarantine: number; readonly issues: readonly Issue[] } | null = null;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    tracing: Tracing | null,
    recent: Pick<Recent, 'note'>,
  ) {
    this.#request = request;
    this.#recent = recent;
    this.#requestId = requestIdOf(response);
    this.#span = tracing?.delivery(request.headers, request.method ?? '', this.#requestId) ?? null;
  }

  step<T>(name: Parameters<DeliveryObserver['step']>[0], work: () => T): T {
    const now = performance.now();
    if (name === 'verify') this.#verifying = now;
    else if (name === 'normalise') this.#normalising = now;
    else this.#appending = now;
    return this.#span ? this.#span.step(name, work) : work();
  }

  identified(type: string | null, eventId: string | null): void {
    this.#type = type;
    this.#eventId = eventId;
    this.#span?.identified(this.source, eventId);
  }

  several(counts: Counts): void {
    this.#counts = counts;
  }

  ignored(reason: string): void {
    this.#reason = reason;
  }

  unfit(quarantine: number, issues: readonly Issue[]): void {
    // If several don't fit, the line has the first one: the others are beside it in quarantine.
    this.#kept ??= { quarantine, issues };
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  get isUnfit(): boolean {
    return this.#kept !== null;
  }

  /** Called after the answer. Returns the fields of the line: ids and names of events, but none of their content. */
  end(outcome: string, status: number): Record<string, unknown> {
    // If there are several events, the line has no type and id, since one event does not stand for the others.
    const events = this.#counts;
    const type = events ? undefined : this.#type?.slice(0, MOST);
    const eventId = events ? undefined : this.#eventId?.slice(0, MOST);
    if (this.source !== NOBODY) this.#note(outcome, status, type ?? null, eventId ?? null);
    this.#span?.end({ source: this.source, outcome, status, type, eventId, ...(events && { events }) });
    // Members are set one by one: spreading as many objects as there may be members takes several times as long.
    const line: Record<string, unknown> = { requestId: this.#requestId };
    if (this.#span) line['traceId'] = this.#span.traceId;
    line['source'] = this.source;
    line['outcome'] = outcome;
    if (type !== undefined) line['type'] = type;
    if (eventId !== undefined) line['eventId'] = eventId;
    if (events) line['events'] = events;
    if (this.#reason !== null) line['reason'] = this.#reason.slice(0, MOST);
    if (this.#kept) Object.assign(line, this.#kept);
    line['ms'] = Math.round(this.seconds * 1000);
    return line;
  }

  #note(outcome: string, status: number, type: string | null, eventId: string | null): void {
    const now = performance.now();
    const answered = {
      requestId: this.#requestId,
      outcome,
      status,
      type,
      eventId,
      verify: between(this.#verifying, this.#normalising, now),
      normalise: between(this.#normalising, this.#appending, now),
      append: between(this.#appending, now, now),
      total: now - this.#began,
    };
    this.#recent.note(this.source, answered, this.#request.headers);
  }
}

/** How long a step took: it ended when the next one began, or when the delivery was answered. Null if the step was not reached. */
function between(from: number, next: number, end: number): number | null {
  if (Number.isNaN(from)) return null;
  return (Number.isNaN(next) ? end : next) - from;
}
