import type { IncomingHttpHeaders } from 'node:http';
import {
  type Attributes,
  type Histogram,
  type Link,
  type Counter,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type Tracer,
  context,
  metrics,
  trace,
} from '@opentelemetry/api';
import type { Publication } from '../events/publication.ts';
import { readVersion } from '../version.ts';
import { DeliverySpan, OperationSpan, bounded } from './spans.ts';
import { parseTraceparent } from './traceparent.ts';

/** How many deliveries are remembered until their events are handed on. If one is dropped, only the link between spans is lost. */
const MOST_ORIGINS = 2_000;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

/**
 * Traces from a delivery to its frames, and the GraphQL metrics of OpenTelemetry's draft. It uses only the API: the operator
 * brings an SDK, which says where the spans go.
 */
export class Tracing {
  readonly #tracer: Tracer;
  /** The spans of deliveries, by their events. */
  readonly #origins = new Map<string, SpanContext>();
  /** https://github.com/open-telemetry/semantic-conventions/pull/3515, a draft. */
  readonly #events: Counter;
  readonly #eventSeconds: Histogram;
  readonly #requestSeconds: Histogram;

  private constructor(tracer: Tracer, version: string, subscribers: () => number) {
    this.#tracer = tracer;
    const meter = metrics.getMeter('hookcast', version);
    this.#events = meter.createCounter('graphql.server.subscription.event_count', {
      unit: '{event}',
      description: 'Number of GraphQL subscription events processed.',
    });
    this.#eventSeconds = meter.createHistogram('graphql.server.subscription.event.duration', {
      unit: 's',
      description: 'Duration of processing a single subscription event.',
    });
    this.#requestSeconds = meter.createHistogram('graphql.server.request.duration', {
      unit: 's',
      description: 'Duration of GraphQL server requests.',
    });
    const active = meter.createObservableUpDownCounter('graphql.server.request.active', {
      unit: '{request}',
      description: 'Number of active GraphQL server requests.',
    });
    active.addCallback((result) => result.observe(subscribers(), { 'graphql.operation.type': 'subscription' }));
  }

  /** Null if no SDK is registered. @param subscribers gives the number of subscribers. */
  static open(subscribers: () => number): Tracing | null {
    const version = readVersion();
    const tracer = trace.getTracer('hookcast', version);
    // Without an SDK, spans have no ids.
    const probe = tracer.startSpan('probe', {}, ROOT_CONTEXT);
    return trace.isSpanContextValid(probe.spanContext()) ? new Tracing(tracer, version, subscribers) : null;
  }

  /** Begins a delivery's span. */
  delivery(headers: IncomingHttpHeaders, method: string, requestId: string): DeliverySpan {
    const known = METHODS.has(method) ? method : '_OTHER';
    const span = this.#server(`${known === '_OTHER' ? 'HTTP' : known} /webhooks/:source`, headers, {
      'http.request.method': known,
      'http.route': '/webhooks/:source',
      'url.scheme': 'http',
      'hookcast.request.id': requestId,
    });
    return new DeliverySpan(this.#tracer, span, (source, eventId) => this.#remember(source, eventId, span));
  }

  /** Begins the span of a GraphQL operation. If it came over HTTP, it has headers. */
  operation(headers: IncomingHttpHeaders = {}): OperationSpan {
    const began = performance.now();
    const span = this.#server('GraphQL Operation', headers, {});
    return new OperationSpan(span, (attributes) => {
      this.#requestSeconds.record((performance.now() - began) / 1000, attributes);
    });
  }

  /** Records that an item was handed on. */
  published({ event, cohorts, subscribers, began, ended, isFresh }: Publication): void {
    if (subscribers > 0) {
      this.#events.add(subscribers);
      this.#eventSeconds.record((ended - began) / 1000);
    }
    if (!event || !isFresh) return;
    const key = keyOf(event.source, event.eventId);
    const origin = this.#origins.get(key);
    this.#origins.delete(key);
    const links: Link[] = origin ? [{ context: origin }] : [];
    const span = this.#tracer.startSpan(
      'publish',
      {
        kind: SpanKind.INTERNAL,
        startTime: began,
        links,
        attributes: {
          'hookcast.source': event.source,
          'hookcast.event.type': bounded(event.type),
          'hookcast.event.id': bounded(event.eventId),
          'hookcast.cohorts': cohorts,
          'hookcast.subscribers': subscribers,
        },
      },
      ROOT_CONTEXT,
    );
    span.end(ended);
  }

  #server(name: string, headers: IncomingHttpHeaders, attributes: Attributes): Span {
    const active = context.active();
    // If there is the span of an instrumented HTTP server, the new one belongs below it.
    if (trace.getSpan(active)) return this.#tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes }, active);
    const parent = parseTraceparent(headers);
    const above = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
    return this.#tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, above);
  }

  #remember(source: string, eventId: string, span: Span): void {
    if (!span.isRecording()) return;
    this.#origins.set(keyOf(source, eventId), span.spanContext());
    if (this.#origins.size <= MOST_ORIGINS) return;
    for (const oldest of this.#origins.keys()) return void this.#origins.delete(oldest);
  }
}

function keyOf(source: string, eventId: string): string {
  return `${source} ${eventId}`;
}
