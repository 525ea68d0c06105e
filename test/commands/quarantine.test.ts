import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import {
  discardQuarantined,
  listQuarantine,
  releaseQuarantined,
  showQuarantined,
} from '../../src/commands/quarantine.ts';
import { parseExact } from '../../src/events/exact-json.ts';
import { bikes, rentalCancelled, signedBike } from '../fixtures/bikes.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { Subscriber } from '../support/subscriber.ts';
import { TestTerminal } from '../support/terminal.ts';

const BIKES = fileURLToPath(new URL('../fixtures/bikes.ts', import.meta.url));

/** What a command prints. */
async function printed(env: Record<string, string>, command: (terminal: TestTerminal) => Promise<void>) {
  const terminal = new TestTerminal(env);
  await command(terminal);
  return terminal.lines;
}

const listed = (env: Record<string, string>) =>
  printed(env, (terminal) => listQuarantine({ state: 'WAITING' }, terminal));

it('OPS3.7 quarantine lists and shows what waits, and speaks of people only when asked', async () => {
  const gateway = await TestGateway.start();
  const env = environment(gateway.folder);
  expect(await listed(env)).toEqual(['Nothing is in quarantine.']);
  await gateway.eduzz(attendanceCanceled({ id: 'odd', participant: { id: ['odd'] } }));
  const list = await listed(env);
  expect(list).toEqual([expect.stringMatching(/^1\t\S+Z\teduzz\tblinket.attendance_canceled\tdata.participant.id$/)]);
  const shown = await printed(env, (terminal) => showQuarantined(1, { payload: false }, terminal));
  expect(JSON.parse(shown.join('\n'))).toMatchObject({
    id: 1,
    state: 'WAITING',
    eventId: 'odd',
    issues: [{ path: 'data.participant.id' }],
  });
  expect([...list, ...shown].join('\n')).not.toContain('Iara');
  const whole = await printed(env, (terminal) => showQuarantined(1, { payload: true }, terminal));
  expect(whole.join('\n')).toContain('Iara');
  const terminal = new TestTerminal(env);
  await expect(showQuarantined(2, { payload: false }, terminal)).rejects.toThrow('No delivery is in quarantine as 2');
  const nowhere = { DATABASE_URL: `sqlite:${join(gateway.folder, 'mistyped.db')}` };
  await expect(listed(nowhere)).rejects.toThrow('There is no log at');
});

it('IN6.14 quarantine shows a payload with every number as it was sent, and a release keeps them', async () => {
  const folder = temporaryFolder();
  const gateway = await TestGateway.start({ folder, sources: new Map([['bikes', bikes(1)]]) });
  const amount = parseExact('1e400');
  const sent = await gateway.post('bikes', signedBike(rentalCancelled({ id: 'b-1', bike: 7, amount })));
  expect(sent.body).toMatchObject({ status: 'quarantined' });
  const env = environment(folder);
  const shown = await printed(env, (terminal) => showQuarantined(1, { payload: true }, terminal));
  expect(shown.join('\n')).toContain('"amount": 1e400');
  await gateway.close();
  const knowing = await TestGateway.start({ folder, sources: new Map([['bikes', bikes(2)]]) });
  await knowing.query('mutation { releaseQuarantined(id: 1) { state } }');
  const { data } = await knowing.query('{ events(last: 1) { edges { node { id } } } }');
  const response = await fetch(`${knowing.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
    body: JSON.stringify({ query: `{ node(id: "${data!['events'].edges[0].node.id}") { ... on Event { raw } } }` }),
  });
  expect(await response.text()).toContain('"amount":1e400');
});

it('IN7.2 releases by command beside a running gateway, whose subscribers get it, and says what still does not fit', async () => {
  const folder = temporaryFolder();
  const gateway = await TestGateway.start({ folder, sources: new Map([['bikes', bikes(1)]]) });
  for (const [id, bike] of [
    ['b-1', 1],
    ['b-2', 2],
    ['b-3', {}],
  ] as const) {
    await gateway.post('bikes', signedBike(rentalCancelled({ id, bike })));
  }
  const subscriber = await Subscriber.open(gateway);
  await subscriber.caughtUp();
  const file = join(folder, 'hookcast.config.ts');
  writeFileSync(
    file,
    `import { bikes } from ${JSON.stringify(BIKES)};\nexport default { sources: { bikes: bikes(2) } };\n`,
  );
  const env = { ...environment(folder), CONFIG_FILE: file };

  const one = await printed(env, (terminal) => releaseQuarantined([1], { all: false }, terminal));
  expect(one).toEqual(['1\treleased as b-1', '1 released.']);
  await subscriber.events(1);
  const terminal = new TestTerminal(env);
  await expect(releaseQuarantined([], { all: true }, terminal)).rejects.toThrow('Not everything fits');
  expect(terminal.lines).toEqual([
    '2\treleased as b-2',
    expect.stringMatching(/^3\tstill does not fit: bike: /),
    '1 released, 1 still waiting.',
  ]);
  await subscriber.events(2);
  expect(await printed(env, (terminal) => discardQuarantined([3], terminal))).toEqual(['3\tdiscarded']);
  expect(await listed(env)).toEqual(['Nothing is in quarantine.']);

  await expect(releaseQuarantined([], { all: false }, terminal)).rejects.toThrow('Name the deliveries');
  await expect(discardQuarantined([7], terminal)).rejects.toThrow('No delivery is in quarantine as 7');
  // Without the file the source is nobody's.
  await gateway.post('bikes', signedBike(rentalCancelled({ id: 'b-4', bike: 4 })));
  const bare = releaseQuarantined([4], { all: false }, new TestTerminal(environment(folder)));
  await expect(bare).rejects.toThrow('The source "bikes" is not configured any more');
});

it('OPS3.7 quarantine says what became of deliveries that were settled before, and that nothing is left to do', async () => {
  const folder = temporaryFolder();
  const gateway = await TestGateway.start({ folder, sources: new Map([['bikes', bikes(1)]]) });
  for (const [id, bike] of [
    ['g1', 1],
    ['g2', 2],
    ['g3', {}],
    ['g4', 4],
  ] as const) {
    await gateway.post('bikes', signedBike(rentalCancelled({ id, bike })));
  }
  const file = join(folder, 'hookcast.config.ts');
  writeFileSync(
    file,
    `import { bikes } from ${JSON.stringify(BIKES)};\nexport default { sources: { bikes: bikes(2) } };\n`,
  );
  const env = { ...environment(folder), CONFIG_FILE: file };
  await discardQuarantined([1], new TestTerminal(env));
  const release = async (...ids: number[]) => {
    const terminal = new TestTerminal(env);
    await expect(releaseQuarantined(ids, { all: false }, terminal)).rejects.toThrow(
      'Some of these deliveries were settled before',
    );
    return terminal.lines;
  };
  expect(await release(1, 2)).toEqual([
    '1\twas discarded before: nothing to release',
    '2\treleased as g2',
    '1 released.',
  ]);
  expect(await release(2)).toEqual(['2\twas released before, as g2: nothing to release', '0 released.']);
  const terminal = new TestTerminal(env);
  await expect(discardQuarantined([2, 3], terminal)).rejects.toThrow('Some of these deliveries were settled before');
  expect(terminal.lines).toEqual(['2\twas released before, as g2: nothing to discard', '3\tdiscarded']);
  await expect(releaseQuarantined([4], { all: true }, terminal)).rejects.toThrow('not both');
  // Of what nobody named, nothing is said.
  expect(await printed(env, (one) => releaseQuarantined([4], { all: false }, one))).toEqual([
    '4\treleased as g4',
    '1 released.',
  ]);
});
