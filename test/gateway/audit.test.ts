import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import { expect, it } from 'vitest';
import { audit } from '../../src/commands/audit.ts';
import { backup } from '../../src/commands/backup.ts';
import { erase } from '../../src/commands/erase.ts';
import { discardQuarantined, showQuarantined } from '../../src/commands/quarantine.ts';
import { issueToken } from '../../src/commands/tokens.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { TestGateway, environment, makeToken } from '../support/gateway.ts';
import { Subscriber } from '../support/subscriber.ts';
import { TestTerminal } from '../support/terminal.ts';

const PEOPLE = 'query Board { cancellations { edges { node { eventId tenant { name } } } } }';
const AUDIT = `query Who($since: DateTime, $after: String) {
  audit(first: 100, since: $since, after: $after) {
    edges { cursor node { at action osUser tokenId holder operation target count } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const plain = { tenants: ['*'], scope: 'events:read' };

type Entry = Record<string, unknown>;

async function entriesOf(gateway: TestGateway): Promise<Entry[]> {
  const { data, errors } = await gateway.query(AUDIT);
  expect(errors).toBeUndefined();
  return data!['audit'].edges.map(({ node }: { node: Entry }) => node);
}

/** The lines of a gateway's log, as they are. */
function listening() {
  const lines: string[] = [];
  const stream = new Writable({ write: (line, _encoding, done) => (lines.push(String(line)), done()) });
  return { lines, logger: pino({ level: 'info' }, stream) };
}

it('AUTH6.2 sums who read personal data for each token, operation and minute, and writes nothing for each message', async () => {
  let now = Date.parse('2026-11-28T12:00:10Z');
  const gateway = await TestGateway.start({ now: () => now });
  const env = environment(gateway.folder);
  const terminal = new TestTerminal(env);
  await issueToken({ for: 'Ana', tenant: ['*'], scope: 'events:read pii:read', expires: 31_536_000 }, terminal);
  const [token = ''] = terminal.lines;
  const query =
    'subscription Live { stream: cancellations { __typename cursor ... on CancellationEdge { node { eventId tenant { name } } } } }';
  const subscriber = new Subscriber(gateway.webSocketUrl, `Bearer ${token}`, query, {});
  const blind = await Subscriber.open(gateway, { query, claims: plain });
  for (const one of [subscriber, blind]) await one.caughtUp();
  const post = (id: string) => gateway.eduzz(attendanceCanceled({ id }));
  await post('first');
  await subscriber.events(1);
  // Within the minute it is there, once; what comes after is summed.
  await expect.poll(() => entriesOf(gateway)).toHaveLength(2);
  for (let count = 0; count < 30; count += 1) await post(`event ${count}`);
  await subscriber.events(31);
  await blind.events(31);
  for (let count = 0; count < 5; count += 1) await gateway.query(PEOPLE);
  expect((await gateway.query(PEOPLE, {}, plain)).data).toBeDefined();
  await gateway.query('query Raw { events(first: 2) { edges { node { raw } } } }');
  await expect.poll(async () => (await entriesOf(gateway)).map(({ action }) => action)).toContain('READ_RAW');
  now += 60_000;
  await expect
    .poll(async () => {
      const reads = (await entriesOf(gateway)).filter(({ operation }) => operation === 'Live');
      return reads.map(({ count }) => count);
    })
    .toEqual([1, 30]);
  await gateway.close();
  const again = await TestGateway.start({ folder: gateway.folder });
  const all = await entriesOf(again);
  const sumOf = (name: string, action: string) =>
    all
      .filter((one) => one['operation'] === name && one['action'] === action)
      .reduce((sum, { count }) => sum + Number(count), 0);
  expect(sumOf('Live', 'READ_PERSONAL')).toBe(31);
  // A page has twenty; who lacks the scope has read nothing of anybody.
  expect(sumOf('Board', 'READ_PERSONAL')).toBe(100);
  expect(sumOf('Raw', 'READ_RAW')).toBe(2);
  expect(all.length).toBeLessThan(10);
  const [live] = all.filter(({ operation }) => operation === 'Live');
  expect(live).toMatchObject({ osUser: null, tokenId: expect.any(String), holder: expect.any(String), target: null });
  expect(JSON.stringify(all)).not.toMatch(/Iara|Rosa|@/);
  const printed = new TestTerminal(env);
  await audit({ sub: 'Ana', since: '2026-11-28', json: false }, printed);
  expect(printed.lines).toHaveLength(2);
  expect(printed.lines[1]).toMatch(
    /^2026-11-28T12:01:\S+\tread personal\tAna, token \S+, holder \S+\tLive\t30 events$/,
  );
});

it('AUTH6.3 notes what operators do before it is done, with a token or on the machine, and shows it to operators of every tenant alone', async () => {
  const gateway = await TestGateway.start();
  const env = environment(gateway.folder);
  for (const id of ['one', 'two', 'three']) {
    await gateway.eduzz(attendanceCanceled({ id, participant: { id: ['odd'] } }));
  }
  await gateway.query('mutation Again { releaseQuarantined(id: "1") { state } }');
  await gateway.query('mutation { discardQuarantined(id: "1") { state } }');
  await gateway.query('mutation Dry { reprocess(dryRun: true) { isDone } }');
  await gateway.query('mutation Anew { reprocess(source: "eduzz") { isDone } }');
  await gateway.query('mutation Foreign { discardQuarantined(id: "2") { state } }', {}, { scope: 'events:read' });
  const terminal = new TestTerminal(env);
  await discardQuarantined([2], terminal);
  await showQuarantined(3, { payload: true }, terminal);
  await erase({ email: 'iara@people.example', yes: true }, terminal);
  const entries = await entriesOf(gateway);
  const { username: me } = userInfo();
  expect(entries.map(({ action, osUser, operation, target }) => [action, osUser, operation, target])).toEqual([
    ['RELEASE', null, 'Again', 'quarantine/1'],
    ['DISCARD', null, null, 'quarantine/1'],
    ['REPROCESS', null, 'Anew', 'eduzz'],
    ['DISCARD', me, 'quarantine discard', 'quarantine/2'],
    ['READ_RAW', me, 'quarantine show', 'quarantine/3'],
    ['ERASE', me, 'erase', null],
  ]);
  expect(JSON.stringify(entries)).not.toContain('@');
  for (const claims of [{ scope: 'events:read pii:read' }, { tenants: ['eduzz:1'] }]) {
    const { errors } = await gateway.query(AUDIT, {}, claims);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  }
  // It is a list like any other: it has pages, and nobody can change its entries.
  const page = await gateway.query(
    '{ audit(last: 2) { edges { node { action } } pageInfo { hasPreviousPage startCursor } } }',
  );
  expect(page.data!['audit']).toMatchObject({
    edges: [{ node: { action: 'READ_RAW' } }, { node: { action: 'ERASE' } }],
    pageInfo: { hasPreviousPage: true },
  });
  const database = new DatabaseSync(join(gateway.folder, 'hookcast.db'), { timeout: 10_000 });
  expect(() => database.exec("UPDATE audit SET os_user = 'nobody'")).toThrow('never changed');
  database.close();
});

it('AUTH6.4 lets no client have a row written for each name that it makes up', async () => {
  const gateway = await TestGateway.start({
    now: () => Date.parse('2026-11-28T12:00:10Z'),
  });
  await gateway.eduzz(attendanceCanceled({ id: 'one' }));
  const authorization = `Bearer ${await makeToken({ expires: 31_536_000 })}`;
  for (let count = 0; count < 60; count += 1) {
    await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query: PEOPLE.replace('Board', `Board${count}`) }),
    });
  }
  await gateway.close();
  const again = await TestGateway.start({ folder: gateway.folder });
  const entries = await entriesOf(again);
  expect(new Set(entries.map(({ operation }) => operation)).size).toBe(21);
  expect(entries.reduce((sum, { count }) => sum + Number(count), 0)).toBe(60);
});

it('OPS6.7 each GraphQL operation has one line, with its name, kind, holder and outcome, and without a variable', async () => {
  const { lines, logger } = listening();
  const gateway = await TestGateway.start({ logger });
  const subscriber = await Subscriber.open(gateway);
  await subscriber.caughtUp();
  await gateway.query('query Mine($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ['iara@people.example'] });
  await gateway.query('query Wrong { nothing }');
  await gateway.query('{ quarantine { edges { node { id } } } }', {}, plain);
  await gateway.query(`query ${'Long'.repeat(5_000)} { events(first: 0) { head } }`);
  const told = lines.map((line) => JSON.parse(line) as Entry).filter(({ msg }) => msg === 'operation');
  expect(told.map(({ operation, kind, outcome }) => [operation, kind, outcome])).toEqual([
    ['Cancellations', 'subscription', 'streaming'],
    ['Mine', 'query', 'ok'],
    [null, null, 'GRAPHQL_VALIDATION_FAILED'],
    [null, 'query', 'FORBIDDEN'],
    ['Long'.repeat(25), 'query', 'ok'],
  ]);
  for (const line of told)
    expect(line).toMatchObject({ holder: expect.any(String), ms: expect.any(Number), token: null });
  expect(lines.join('')).not.toContain('iara');
});

it('AUTH6.3 notes who copies the whole log into a file, and copies it also where that can’t be noted', async () => {
  const gateway = await TestGateway.start();
  const env = environment(gateway.folder);
  const back = async (to: string) => {
    const terminal = new TestTerminal(env, () => new Promise(() => {}));
    await backup(join(gateway.folder, to), { force: false }, terminal);
    return terminal.lines.join('\n');
  };
  expect(await back('one.db')).not.toContain('noted');
  const { username: me } = userInfo();
  const noted = async () =>
    (await entriesOf(gateway)).map(({ action, osUser, operation, target }) => [action, osUser, operation, target]);
  expect(await noted()).toEqual([['BACKUP', me, 'backup', null]]);
  // The backup knows of itself.
  const copied = new DatabaseSync(join(gateway.folder, 'one.db'), { readOnly: true });
  expect(copied.prepare('SELECT action FROM audit').all()).toHaveLength(1);
  copied.close();
  // Of another version of the schema: nothing is brought to this one's, which its gateways could not write any more.
  const database = new DatabaseSync(join(gateway.folder, 'hookcast.db'));
  const { user_version: version } = database.prepare('PRAGMA user_version').get()!;
  database.exec('PRAGMA user_version = 11');
  expect(await back('two.db')).toContain('could not be noted in the audit');
  expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 11 });
  database.exec(`PRAGMA user_version = ${Number(version)}`);
  database.close();
  expect(await noted()).toHaveLength(1);
});
