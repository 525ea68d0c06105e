import postgres from 'postgres';
import { expect, it, onTestFinished } from 'vitest';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { TestGateway } from '../support/gateway.ts';
import { sharedPostgres } from '../support/postgres.ts';
import { TRANSPORTS, limitsMet } from '../support/transports.ts';

const { SSE, WebSocket } = TRANSPORTS;
const EVERY = Object.values(TRANSPORTS);

it('GQL6.3 gives up a query that takes too long, on every transport alike', async () => {
  const url = await sharedPostgres().newDatabase();
  const gateway = await TestGateway.start({ env: { DATABASE_URL: url, GRAPHQL_TIMEOUT_MS: '400' } });
  await gateway.eduzz(attendanceCanceled());
  const other = postgres(url, { max: 1, onnotice: () => {} });
  onTestFinished(() => other.end({ timeout: 1 }));
  const query = '{ __typename events { edges { node { type } } } }';
  let followed: ReturnType<typeof SSE>[] = [];
  await other.begin(async (transaction) => {
    // Reads of events now wait for this transaction.
    await transaction`LOCK TABLE hookcast.events IN ACCESS EXCLUSIVE MODE`;
    followed = [SSE, WebSocket].map((ask) => ask(gateway, { query: 'subscription { events { __typename } }' }));
    const answers = await Promise.all(EVERY.map((ask) => ask(gateway, { query })));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        errors: [{ message: expect.stringContaining('400 ms'), extensions: { code: 'TIMED_OUT' } }],
      });
      expect(answer).not.toHaveProperty('data');
    }
  });
  // A subscription waits for as long as it takes.
  for (const answer of await Promise.all(followed))
    expect(answer).toEqual({ data: { events: { __typename: 'CaughtUp' } } });
  expect(await limitsMet(gateway)).toEqual({ timeout: EVERY.length });
  for (const ask of EVERY) {
    const { data } = await ask(gateway, { query });
    expect(data).toMatchObject({ events: { edges: [{ node: { type: 'blinket.attendance_canceled' } }] } });
  }
});

it('GQL6.8 answers an erasure when it is done, with its receipt, however long it takes', async () => {
  const url = await sharedPostgres().newDatabase();
  const gateway = await TestGateway.start({ env: { DATABASE_URL: url, GRAPHQL_TIMEOUT_MS: '400' } });
  await gateway.eduzz(attendanceCanceled({ participant: { email: 'ana@apagada.example' } }));
  const other = postgres(url, { max: 1, onnotice: () => {} });
  onTestFinished(() => other.end({ timeout: 1 }));
  const erase = 'mutation { erase(email: "ana@apagada.example", evenSeveral: true) { isDone receipt { count } } }';
  const resume = 'mutation { resumeSource(source: "eduzz") }';
  let erased: ReturnType<typeof gateway.query>[] = [];
  await other.begin(async (transaction) => {
    await transaction`LOCK TABLE hookcast.events, hookcast.paused IN ACCESS EXCLUSIVE MODE`;
    erased = [gateway.query(erase)];
    const waits = () => transaction`SELECT FROM pg_locks WHERE NOT granted AND relation = 'hookcast.events'::regclass`;
    await expect.poll(async () => (await waits()).length).toBe(1);
    // Both begin after it and end before it. Of what nobody waits for any more it is said that it goes on.
    const { errors } = await gateway.query(resume);
    expect(errors).toMatchObject([
      { message: expect.stringContaining('goes on with what it has begun'), extensions: { code: 'TIMED_OUT' } },
    ]);
    expect((await gateway.query('{ events { edges { cursor } } }')).errors).toMatchObject([
      { message: expect.stringContaining('was given up'), extensions: { code: 'TIMED_OUT' } },
    ]);
  });
  expect(await Promise.all(erased)).toEqual([{ data: { erase: { isDone: true, receipt: { count: 1 } } } }]);
});
