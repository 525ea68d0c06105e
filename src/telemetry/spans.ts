import {
  type Attributes,
  type Context,
  type Span,
  SpanStatusCode,
  type Tracer,
  context,
  trace,
} from '@opentelemetry/api';
import { toHookcastError } from '../errors.ts';

const MOST_CHARACTERS = 100;

/** A delivery's span, and the spans of its steps below it. */
export class DeliverySpan {
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;
  readonly #remember: (source: string, eventId: string) => void;

  constructor(tracer: Tracer, span: Span, remember: (source: string, eventId: string) => void) {
    this.#tracer = tracer;
    this.#span = span;
    this.#context = trace.setSpan(context.active(), span);
    this.#remember = remember;
  }

  get traceId(): string {
    return this.#span.spanContext().traceId;
  }

  step<T>(name: string, work: () => T): T {
    const span = this.#tracer.startSpan(name, {}, this.#context);
    const ended = <V>(value: V): V => {
      span.end();
      return value;
    };
    const failed = (error: unknown): never => {
      fail(span, toHookcastError(error).code);
      span.end();
      throw error;
    };
    try {
      const result = context.with(trace.setSpan(this.#context, span), work);
      return result instanceof Promise ? (result.then(ended, failed) as T) : ended(result);
    } catch (error) {
      return failed(error);
    }
  }

  /** Remembers the delivery for the publication, which may come before the append resolves. */
  identified(source: string, eventId: string | null): void {
    if (eventId !== null) this.#remember(source, eventId);
  }

  end(as: {
    readonly source: string;
    readonly outcome: string;
    readonly status: number;
    readonly type: string | undefined;
    readonly eventId: string | undefined;
    /** If the delivery has several events: how many had each outcome. */
    readonly events?: Readonly<Record<string, number>>;
  }): void {
    this.#span.setAttributes({
      'url.path': `/webhooks/${as.source}`,
      'http.response.status_code': as.status,
      'hookcast.source': as.source,
      'hookcast.outcome': as.outcome,
      ...(as.type !== undefined && { 'hookcast.event.type': bounded(as.type) }),
      ...(as.eventId !== undefined && { 'hookcast.event.id': bounded(as.eventId) }),
    });
    for (const [outcome, count] of Object.entries(as.events ?? {})) {
      this.#span.setAttribute(`hookcast.events.${outcome}`, count);
    }
    if (as.status >= 500) fail(this.#span, as.outcome.toUpperCase());
    this.#span.end();
  }
}

/** A GraphQL operation's span. It does not contain the document, whose literals may be personal data. */
export class OperationSpan {
  readonly #span: Span;
  readonly #record: (attributes: Attributes) => void;
  #type: string | null = null;
  #ended = false;

  constructor(span: Span, record: (attributes: Attributes) => void) {
    this.#span = span;
    this.#record = record;
  }

  named(type: string, name: string | null): void {
    this.#type = type;
    this.#span.updateName(type);
    this.#span.setAttribute('graphql.operation.type', type);
    if (name !== null) this.#span.setAttribute('graphql.operation.name', bounded(name));
  }

  /** Ends the span: after the answer, or when a subscription has begun. @param error the code of the first error. */
  end(error: string | null): void {
    if (this.#ended) return;
    this.#ended = true;
    if (error !== null) fail(this.#span, error);
    this.#span.end();
    // The draft defines a subscription's duration as the time until it ends, which is not known here.
    if (this.#type === 'subscription') return;
    this.#record({
      ...(this.#type !== null && { 'graphql.operation.type': this.#type }),
      ...(error !== null && { 'error.type': error }),
    });
  }
}

/** Sets an error's code, and never the exception, whose message may contain what somebody sent. */
function fail(span: Span, code: string): void {
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

export function bounded(text: string): string {
  return text.slice(0, MOST_CHARACTERS);
}
