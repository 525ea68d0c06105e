import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './load.ts';
import { SECRET, Server, makeToken } from './servers.ts';

const COUNTS = [1, 200] as const;
const STARTS = 9;
const EVENTS = 50;
const ROUNDS = 300;

const FIELDS = `seat: reference price { amount currency } fee { amount currency } channel title note quantity paidAt { instant text }
  show { name hall row } buyer { name email phone externalId } items { sku price { amount currency } } isGift`;
const QUERY = `{ events(last: ${EVENTS}) { edges { node { id eventId occurredAt ... on Sold0 { ${FIELDS} } } } } }`;

/** Compares 200 declared types with one: the start, and a document with every field of one type. */
export async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  const start = (count: number, name: string) =>
    Server.start('types', { BENCH_TYPES: String(count), BENCH_DATABASE: join(folder, `${name}.db`) });
  const started = COUNTS.map((): number[] => []);
  const asked = COUNTS.map((): number[] => []);
  const servers: Server[] = [];
  try {
    // Both take turns, so that a machine that slows down slows both. The first start of each is not counted: the disk is cold.
    for (let round = 0; round <= STARTS; round += 1) {
      for (const [index, count] of COUNTS.entries()) {
        const began = performance.now();
        const server = await start(count, `${count}-${round}`);
        if (round > 0) started[index]!.push(performance.now() - began);
        if (round === STARTS) servers.push(server);
        else await server.end();
      }
    }
    const authorization = `Bearer ${await makeToken()}`;
    for (const server of servers) await fill(server);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, server] of servers.entries()) {
        const began = performance.now();
        const edges = await ask(server, authorization);
        if (edges !== EVENTS) throw new Error(`${edges} of ${EVENTS}`);
        if (round >= ROUNDS / 4) asked[index]!.push(performance.now() - began);
      }
    }
    say('start', started, 0);
    say('every field of one type', asked, 2);
  } finally {
    await Promise.all(servers.map((server) => server.end()));
    rmSync(folder, { recursive: true, force: true });
  }
}

function say(name: string, times: readonly number[][], digits: number): void {
  const [one, many] = times.map(median) as [number, number];
  const ratio = (many / one).toFixed(2);
  console.log(
    `${name.padEnd(24)} ${one.toFixed(digits)} ms with 1 declared type, ${many.toFixed(digits)} ms with 200: ${ratio} ×`,
  );
}

async function fill(server: Server): Promise<void> {
  for (let number = 0; number < EVENTS; number += 1) {
    const sale = { id: `s${number}`, event: 'sold.0', price: { amount: '12.50', currency: 'BRL' } };
    const body = JSON.stringify({ ...sale, buyer: { name: 'Ana Imaginária', email: 'ana@imaginaria.example' } });
    const headers = { 'x-till': SECRET, 'content-type': 'application/json' };
    const response = await server.fetch('/webhooks/till', { method: 'POST', headers, body });
    if (!response.ok) throw new Error(await response.text());
  }
}

async function ask(server: Server, authorization: string): Promise<number> {
  const headers = { authorization, 'content-type': 'application/json' };
  const body = JSON.stringify({ query: QUERY });
  const response = await server.fetch('/graphql', { method: 'POST', headers, body });
  const { data, errors } = (await response.json()) as { data?: { events: { edges: unknown[] } }; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data!.events.edges.length;
}
