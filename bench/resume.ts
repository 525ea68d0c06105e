import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Crowd } from './crowd.ts';
import { SUBSCRIPTION, Server, makeToken, delivery } from './servers.ts';

/** How many subscribers there are without `--count`. */
const SUBSCRIBERS = 5_000;
/** How many events they are behind when they come back. The second number is beyond the ring in memory. */
const BEHIND = [200, 1_500];
/** The pause between two queries meanwhile, in milliseconds. */
const QUERY_EVERY = 20;
/** Rows that a list shows once it is back: the newest page, which is less than each list missed. */
const SHOWN = 20;
const ROW = 'fragment Row on Cancellation { kind title occurredAt tenant { id } customer { name email } }';
const QUERY = '{ cancellations(last: 20) { head edges { node { eventId title customer { name } } } } }';

/** All subscribers come back at once, while others still send queries. */
export async function main(options: readonly string[]): Promise<void> {
  const count = options[0] === '--count' ? Number(options[1]) : SUBSCRIBERS;
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  try {
    for (const behind of BEHIND) {
      const seconds = await comeBack(join(folder, String(behind)), { count, behind, by: 'subscriptions' });
      const byLists = await comeBack(join(folder, `${behind}-lists`), { count, behind, by: 'lists' });
      console.log(`  by lists in ${(byLists / seconds).toFixed(2)} × the time`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Return {
  readonly count: number;
  /** How many events each subscriber has missed. */
  readonly behind: number;
  readonly by: 'subscriptions' | 'lists';
}

/** @returns how many seconds it took until all were live. */
async function comeBack(folder: string, { count, behind, by }: Return): Promise<number> {
  const env = { BENCH_DATABASE: `${folder}.db` };
  const first = await Server.start('gateway', env);
  let posted = 0;
  const post = async (server: Server, events: number) => {
    for (const end = posted + events; posted < end;) {
      const batch = Math.min(50, end - posted);
      const ids = Array.from({ length: batch }, (_, index) => `r${posted + index}`);
      // Events are posted one after the other, because their order is checked.
      for (const id of ids) await server.post(delivery(id));
      posted += batch;
    }
  };
  await post(first, 1);
  const { head: after } = await ask(first);
  await post(first, behind);
  await first.end('SIGTERM');

  // The subscribers come back to a gateway that has just started.
  const server = await Server.start('gateway', env);
  const crowd = new Crowd();
  try {
    // Each page has its own holder, because the queries of one holder wait for each other.
    const holders = Array.from({ length: count }, (_, index) => makeToken(['*'], 3_600 + index));
    const tokens = await Promise.all(holders);
    const queries: number[] = [];
    let asking = true;
    const asked = (async () => {
      while (asking) {
        const began = performance.now();
        await ask(server);
        queries.push(performance.now() - began);
        await setTimeout(QUERY_EVERY);
      }
    })();
    await setTimeout(1_000);
    queries.length = 0;
    const before = await server.usage();
    const began = performance.now();
    if (by === 'lists') {
      const order = {
        do: 'list',
        url: server.webSocketUrl,
        count,
        tokens,
        row: ROW,
        after,
      } as const;
      await crowd.ask(order);
    } else {
      await crowd.open(server.webSocketUrl, count, {
        tokens,
        query: SUBSCRIPTION,
        variables: { after },
        look: 'order',
        atOnce: count,
      });
    }
    const opened = (performance.now() - began) / 1000;
    await crowd.until(
      ({ ready, received }) => ready === count && (by === 'lists' || received >= count * behind),
      by === 'lists' ? 100 : 20,
    );
    const seconds = (performance.now() - began) / 1000;
    asking = false;
    await asked;
    await post(server, 1);
    const answer = await crowd.until(
      ({ received, misplaced }) =>
        by === 'lists' ? misplaced === 0 && received > count * SHOWN : received >= count * (behind + 1),
      by === 'lists' ? 100 : 20,
    );
    const { cpu } = await server.usage();
    const sorted = queries.toSorted((a, b) => a - b);
    const at = (share: number) =>
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0);
    console.log(`${count} come back at once by ${by}, each ${behind} events behind`);
    console.log(`  all subscribed after ${opened.toFixed(1)} s, all live after ${seconds.toFixed(1)} s`);
    console.log(`  ${((cpu - before.cpu) / answer.received).toFixed(1)} µs of CPU a message, connecting included`);
    console.log(`  ${((cpu - before.cpu) / 1e6).toFixed(1)} s of CPU`);
    console.log(`  ${answer.received} messages, ${answer.misplaced} lost, twice or out of order`);
    console.log(`  queries meanwhile: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms (${sorted.length})`);
    return seconds;
  } finally {
    crowd.end();
    await server.end();
  }
}

async function ask(server: Server): Promise<{ head: string }> {
  const response = await server.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
    body: JSON.stringify({ query: QUERY }),
  });
  const { data } = (await response.json()) as { data: { cancellations: { head: string } } };
  return data.cancellations;
}
