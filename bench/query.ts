import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Audit } from '../src/auth/audit.ts';
import { type Bearer, SCOPES } from '../src/auth/viewer.ts';
import type { EventLog } from '../src/events/event-log.ts';
import type { NewEvent } from '../src/events/event.ts';
import { openLog } from '../src/open-log.ts';
import { Operations } from '../src/execution/operations.ts';
import { documentLimits } from '../src/execution/document-limits.ts';
import { createSchema } from '../src/graphql/schema.ts';
import { defaultLimits } from '../src/limits-config.ts';
import { createGraphQL } from '../src/execution/yoga.ts';
import { eduzz } from '../src/providers/eduzz/eduzz.ts';
import { eduzzSamples, signAsEduzz } from '../src/providers/eduzz/samples.ts';
import type { Provider, Verified } from '../src/providers/provider.ts';
import { pino } from 'pino';
import { median } from './load.ts';
import { SECRET } from './servers.ts';
import { Reprocessing } from '../src/ingest/reprocess.ts';
import { Review } from '../src/ingest/review.ts';

const SIZES = [10_000, 1_000_000] as const;
const TENANTS = 50;
const BATCH = 2_000;
const ROUNDS = 400;

const FIELDS =
  'edges { cursor node { eventId occurredAt tenant { id } ... on Cancellation { title customer { name } } } } head';
const QUERIES: Record<string, { field: string; filter: Record<string, unknown> }> = {
  'one tenant': { field: 'cancellations', filter: { tenants: ['eduzz:7'] } },
  'three tenants': { field: 'cancellations', filter: { tenants: ['eduzz:7', 'eduzz:8', 'eduzz:9'] } },
  'a kind': { field: 'cancellations', filter: { kinds: ['TICKET'] } },
  'no filter': { field: 'cancellations', filter: {} },
  'a type, all events': { field: 'events', filter: { types: ['nutror.lesson_rated'] } },
};

/** Measures `cancellations(last: 50, …)` on a long log beside a short one, from parsing the query to its JSON. */
export async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  const logs: EventLog[] = [];
  try {
    for (const size of SIZES) logs.push(await fill(join(folder, `${size}.db`), size));
    const [short, long] = logs.map(asker) as [Ask, Ask];
    for (const [name, { field, filter }] of Object.entries(QUERIES)) {
      const query = `query Q($filter: EventFilter) { ${field}(last: 50, filter: $filter) { ${FIELDS} } }`;
      const times: [number[], number[]] = [[], []];
      // The logs take turns, so that a machine that slows down slows both.
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const [index, ask] of [short, long].entries()) {
          const began = performance.now();
          const edges = await ask(field, query, { filter });
          if (edges !== 50) throw new Error(`${name}: ${edges} of 50`);
          if (round >= ROUNDS / 4) times[index]!.push(performance.now() - began);
        }
      }
      const [a, b] = times.map(median) as [number, number];
      const ratio = (b / a).toFixed(2);
      console.log(`${name.padEnd(20)} ${a.toFixed(2)} ms on 10,000, ${b.toFixed(2)} ms on 1,000,000: ${ratio} ×`);
    }
  } finally {
    await Promise.all(logs.map((log) => log.close()));
    rmSync(folder, { recursive: true, force: true });
  }
}

type Ask = (field: string, query: string, variables: Record<string, unknown>) => Promise<number>;

/** Asks as `POST /graphql` does, without the socket. Returns how many edges came. */
function asker(log: EventLog): Ask {
  const viewer: Bearer = {
    tenants: null,
    scopes: new Set(SCOPES),
    expiresAt: Infinity,
    holder: '',
    tokenId: null,
    parentId: null,
    key: '',
  };
  const logger = pino({ level: 'silent' });
  const schema = createSchema();
  const limits = documentLimits(defaultLimits().documents, schema);
  const mostValues = defaultLimits().webhooks.values;
  const sources = new Map<string, Provider>();
  const now = Date.now;
  const options = { sources, log, logger, mostValues, onLimit: () => {}, now };
  const operations = new Operations({
    schema,
    yoga: createGraphQL(schema, { dev: null, limits }),
    backing: {
      log,
      review: new Review(options),
      reprocessor: new Reprocessing(options),
      sources,
      answers: log.answers,
      operator: () => {
        throw new Error('no query here asks for it');
      },
      now,
    },
    audit: new Audit({ record: log.audit, logger, now }),
    limits,
    onLimit: () => {},
    trusted: null,
    dev: false,
    report: (cause) => console.error(cause),
  });
  return async (field, query, variables) => {
    const operation = await operations.prepare({ query, variables }, viewer);
    if (!('run' in operation)) throw new Error(JSON.stringify(operation));
    const { data } = JSON.parse(String((await operation.run()).bytes)) as {
      data: Record<string, { edges: unknown[] }>;
    };
    return data[field]!.edges.length;
  };
}

/** Fills a log with real events, nine in ten of them cancellations. Tenants take turns. */
async function fill(path: string, size: number): Promise<EventLog> {
  const log = await openLog(`sqlite:${path}`);
  const provider = eduzz({ secrets: [SECRET] });
  const { headers, body } = signAsEduzz(eduzzSamples[0]!.payload(), SECRET);
  const verified = provider.verify({ headers, body: Buffer.from(body), receivedAt: Date.now() }) as Verified;
  const normalised = provider.normalise(verified, { source: 'eduzz', receivedAt: Date.now() });
  if (normalised.outcome !== 'event') throw new Error(normalised.outcome);
  const { event } = normalised;
  for (let from = 0; from < size; from += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, index): NewEvent => {
      const number = from + index;
      const common = {
        eventId: `${number}`,
        tenant: `eduzz:${Math.floor(number / 10) % TENANTS}`,
        subject: `ticket/${number}`,
      };
      return number % 10 === 0
        ? {
            ...event,
            ...common,
            type: 'nutror.lesson_rated',
            shape: 'OtherEvent',
            kind: null,
            data: {},
            personal: null,
          }
        : { ...event, ...common };
    });
    await log.append(batch);
    if (process.stdout.isTTY) process.stdout.write(`\r${from + BATCH} of ${size} events…`);
  }
  console.log(`${process.stdout.isTTY ? '\r' : ''}${size} events are in the log.`);
  return log;
}
