import { SpanKind, SpanStatusCode, context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  BasicTracerProvider,
} from '@opentelemetry/sdk-trace-base';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled, ticket } from '../fixtures/eduzz.ts';
import { EDUZZ_SECRET, TestGateway, makeToken } from '../support/gateway.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';

const env = { OTEL_SERVICE_NAME: 'hookcast' };
const REMOTE = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

/** Lines of a gateway at whose start there is no SDK, by what the environment says. */
async function linesOf(env: Record<string, string>): Promise<string[]> {
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const gateway = await TestGateway.start({ env, logger });
  await gateway.eduzz(ticket('one'));
  await gateway.close();
  return lines;
}

const spans = new InMemorySpanExporter();
const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
const ended = (name: string): ReadableSpan[] => spans.getFinishedSpans().filter((span) => span.name === name);
const until = (name: string, count: number) => expect.poll(() => ended(name).length, { interval: 10 }).toBe(count);
const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId;

it('OPS6.5 says what to do when traces are to go somewhere and no SDK makes any', async () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  const told = await linesOf(endpoint);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/no OpenTelemetry SDK is registered.*auto-instrumentations-node\/register/);
  expect(await linesOf({ OTEL_SERVICE_NAME: 'hookcast' })).toEqual([]);
  expect(await linesOf({ ...endpoint, OTEL_SDK_DISABLED: 'true' })).toEqual([]);
});

describe('with an SDK', () => {
  beforeAll(() => {
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  });

  afterEach(() => spans.reset());

  // The next file begins without.
  afterAll(() => {
    trace.disable();
    context.disable();
    metrics.disable();
  });

  it('OPS6.5 follows an event from its delivery to its subscribers, by spans', async () => {
    const lines: Record<string, unknown>[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const gateway = await TestGateway.start({ env, logger });
    // Read again for those who come later, and handed to nobody.
    await gateway.eduzz(ticket('before'));
    spans.reset();
    const subscribers = await Promise.all([1, 2, 3].map(() => Subscriber.open(gateway, { query: EVENTS })));
    await Promise.all(subscribers.map((subscriber) => subscriber.caughtUp()));
    const { headers, body } = signAsEduzz(attendanceCanceled({ id: 'one' }), EDUZZ_SECRET);
    const traceparent = `00-${REMOTE.traceId}-${REMOTE.spanId}-01`;
    await gateway.post('eduzz', { headers: { ...headers, traceparent }, body });
    await until('publish', 1);

    const [delivery] = ended('POST /webhooks/:source');
    expect(delivery).toMatchObject({
      kind: SpanKind.SERVER,
      parentSpanContext: REMOTE,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/webhooks/:source',
        'http.response.status_code': 200,
        'url.path': '/webhooks/eduzz',
        'hookcast.source': 'eduzz',
        'hookcast.outcome': 'accepted',
        'hookcast.event.id': 'one',
        'hookcast.event.type': 'blinket.attendance_canceled',
        'hookcast.request.id': REMOTE.traceId,
      },
    });
    expect(delivery!.spanContext().traceId).toBe(REMOTE.traceId);
    expect(lines.at(-1)).toMatchObject({ msg: 'delivery', traceId: REMOTE.traceId });
    for (const step of ['verify', 'normalise', 'append']) {
      expect(ended(step), step).toHaveLength(1);
      expect(ended(step)[0]!.parentSpanContext?.spanId, step).toBe(idOf(delivery));
    }
    const [publication] = ended('publish');
    expect(publication).toMatchObject({
      kind: SpanKind.INTERNAL,
      attributes: { 'hookcast.event.id': 'one', 'hookcast.cohorts': 1, 'hookcast.subscribers': 3 },
    });
    expect(publication!.parentSpanContext).toBeUndefined();
    expect(publication!.links.map((link) => link.context.spanId)).toEqual([idOf(delivery)]);
    // By a clock of its own, which must be the same.
    expect(Math.abs(publication!.startTime[0] * 1000 - Date.now())).toBeLessThan(60_000);
    expect(publication!.duration[0]).toBeLessThan(60);
  });

  it('OPS6.5 says in spans what did not succeed, by its code', async () => {
    const gateway = await TestGateway.start({ env });
    await gateway.post('eduzz', { body: '{}' });
    await gateway.post('elsewhere', { body: '{}' });
    await fetch(`${gateway.url}/webhooks/eduzz`, { method: 'PROPFIND' });
    expect(ended('POST /webhooks/:source')).toMatchObject([
      {
        status: { code: SpanStatusCode.UNSET },
        attributes: { 'hookcast.outcome': 'signature_invalid', 'http.response.status_code': 401 },
      },
      { attributes: { 'hookcast.outcome': 'unknown_source', 'url.path': '/webhooks/unknown' } },
    ]);
    expect(ended('verify')).toMatchObject([
      { status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': 'SIGNATURE_INVALID' }, events: [] },
    ]);
    expect(ended('HTTP /webhooks/:source')).toMatchObject([{ attributes: { 'http.request.method': '_OTHER' } }]);
  });

  it('OPS6.5 has a span for each GraphQL operation over every transport, without the document', async () => {
    const gateway = await TestGateway.start({ env });
    const graphql = async (query: string, headers: Record<string, string> = {}) =>
      fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}`, ...headers },
        body: JSON.stringify({ query }),
      });
    const traceparent = `00-${REMOTE.traceId}-${REMOTE.spanId}-01`;
    await graphql('query Recent { events(filter: { subjects: ["iara@ficticia.example"] }) { head } }', { traceparent });
    await graphql('{ nothing }');
    await graphql('{ events(after: "nonsense") { head } }');
    await graphql('mutation { releaseQuarantined(id: "9") { state } }');
    const stream = await graphql('subscription Stream { events { cursor } }', { accept: 'text/event-stream' });
    await stream.body?.cancel();
    const subscriber = await Subscriber.open(gateway, { query: 'query Socket { events { head } }' });
    await subscriber.ended;
    const following = await Subscriber.open(gateway, { query: EVENTS });
    await following.caughtUp();
    const seen = spans.getFinishedSpans().map(({ name, attributes, kind, status }) => {
      expect(kind).toBe(SpanKind.SERVER);
      expect(status.code).toBe(attributes['error.type'] === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR);
      return [name, attributes['graphql.operation.name'] ?? null, attributes['error.type'] ?? null];
    });
    expect(seen).toEqual([
      ['query', 'Recent', null],
      ['GraphQL Operation', null, 'GRAPHQL_VALIDATION_FAILED'],
      ['query', null, 'INVALID_CURSOR'],
      ['mutation', null, expect.any(String)],
      ['subscription', 'Stream', null],
      ['query', 'Socket', null],
      ['subscription', 'Cancellations', null],
    ]);
    expect(ended('query')[0]).toMatchObject({ parentSpanContext: REMOTE });
    expect(JSON.stringify(spans.getFinishedSpans().map(({ attributes }) => attributes))).not.toContain('ficticia');
  });

  it('OPS6.5 measures subscriptions as the draft of OpenTelemetry’s conventions has them', async () => {
    const gateway = await TestGateway.start({ env });
    const valueOf = async (name: string, type?: string) => {
      await reader.forceFlush();
      const all = measured
        .getMetrics()
        .at(-1)!
        .scopeMetrics.flatMap((scope) => scope.metrics);
      const points: readonly { value: unknown; attributes: Record<string, unknown> }[] =
        all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
      const value = points.find(({ attributes }) => attributes['graphql.operation.type'] === type)?.value;
      return typeof value === 'object' ? (value as { count: number }).count : (value ?? 0);
    };
    const before = Number(await valueOf('graphql.server.subscription.event_count'));
    const durations = Number(await valueOf('graphql.server.subscription.event.duration'));
    const queries = Number(await valueOf('graphql.server.request.duration', 'query'));
    const subscribers = await Promise.all([1, 2, 3].map(() => Subscriber.open(gateway, { query: EVENTS })));
    await Promise.all(subscribers.map((subscriber) => subscriber.caughtUp()));
    for (const id of ['one', 'two']) await gateway.eduzz(ticket(id));
    await Promise.all(subscribers.map((subscriber) => subscriber.events(2)));
    await gateway.query('{ events { head } }');
    expect(await valueOf('graphql.server.subscription.event_count')).toBe(before + 6);
    expect(await valueOf('graphql.server.subscription.event.duration')).toBe(durations + 2);
    expect(await valueOf('graphql.server.request.duration', 'query')).toBe(queries + 1);
    expect(await valueOf('graphql.server.request.active', 'subscription')).toBe(3);
  });

  it('OPS6.5 makes no spans if there is no tracer', async () => {
    const gateway = await TestGateway.start();
    const subscriber = await Subscriber.open(gateway, { query: EVENTS });
    await subscriber.caughtUp();
    await gateway.eduzz(ticket('one'));
    await gateway.query('{ events { head } }');
    await subscriber.events(1);
    expect(spans.getFinishedSpans()).toEqual([]);
  });

  it('PRIV2.1 writes neither people nor secrets to spans, for any request', async () => {
    const gateway = await TestGateway.start({ env });
    const subscriber = await Subscriber.open(gateway, { query: EVENTS });
    await subscriber.caughtUp();
    const hostile = 'iara@ficticia.example';
    const headers = {
      traceparent: `00-${REMOTE.traceId}-${REMOTE.spanId}-01-${hostile}`,
      tracestate: `person=${hostile}`,
      baggage: `person=${hostile}`,
      'x-request-id': hostile,
      'user-agent': hostile,
    };
    const signed = signAsEduzz(attendanceCanceled({ id: 'one' }), EDUZZ_SECRET);
    await gateway.post('eduzz', { headers: { ...headers, ...signed.headers }, body: signed.body });
    await gateway.post(hostile, { headers, body: hostile });
    await gateway.eduzz(attendanceCanceled({ participant: { id: ['odd'] } }));
    await gateway.query('{ nothing(email: "iara@ficticia.example") }');
    await gateway.query('query { node(id: "iara@ficticia.example") { id } }');
    await until('publish', 1);
    const everything = spans.getFinishedSpans().map((span) => ({
      ...span.attributes,
      name: span.name,
      status: span.status,
      events: span.events,
      of: [span.spanContext(), span.parentSpanContext, ...span.links].map((one) => ({
        ...one,
        state: one && 'traceState' in one ? one.traceState?.serialize() : null,
      })),
    }));
    const text = JSON.stringify(everything);
    expect(text).toContain('eduzz');
    expect(text).not.toMatch(/ficticia|Iara|Rosa|\+5511/i);
    expect(text).not.toContain(EDUZZ_SECRET);
    expect(text).not.toContain(signed.headers['x-signature']);
  });
});
