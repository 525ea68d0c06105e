import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit } from '../../src/commands/audit.ts';
import { drift } from '../../src/commands/drift.ts';
import { erase } from '../../src/commands/erase.ts';
import { listSources, pauseSource, resumeSource, sendSourceSample } from '../../src/commands/operate-sources.ts';
import {
  discardQuarantined,
  listQuarantine,
  releaseQuarantined,
  showQuarantined,
} from '../../src/commands/quarantine.ts';
import { admitRefused, dropRefused, listRefused } from '../../src/commands/refused.ts';
import { reprocess } from '../../src/commands/reprocess.ts';
import { issueToken, listTokens, revokeTokens } from '../../src/commands/tokens.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { types } from '../../src/commands/types.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { PROGRAM } from '../support/child.ts';
import { atEnd } from '../support/ending.ts';
import { TestGateway, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { TestTerminal } from '../support/terminal.ts';

type Command = (terminal: TestTerminal) => Promise<void>;

let gateway: TestGateway;
/** Beside the log, and on a machine that has nothing but the gateway's address and a token. */
let here: Record<string, string>;
let there: Record<string, string>;

beforeAll(async () => {
  gateway = await TestGateway.start({ lasting: true, env: { KEEP_REFUSED: '24h' } });
  here = environment(gateway.folder);
  there = { HOOKCAST_URL: gateway.url, HOOKCAST_TOKEN: await makeToken() };
});
afterAll(() => gateway.end());

/** What a command prints, and what it ends with. */
async function said(env: Record<string, string>, command: Command): Promise<string[]> {
  const terminal = new TestTerminal(env);
  const ended = await command(terminal).then(
    () => [],
    (error: Error) => [`! ${error.message}`],
  );
  return [...terminal.lines, ...ended];
}

/** Without what differs from one moment, delivery or token to the next. */
function alike(lines: readonly string[]): string[] {
  return lines.map((line) =>
    line
      .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME')
      .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'UUID')
      .replace(/^eyJ\S+$/, 'TOKEN')
      .replace(/^\d+\t/, 'NUMBER\t'),
  );
}

const odd = (id: string) => attendanceCanceled({ id, participant: { id: ['odd'] } });
const forged = (id: string) => signAsEduzz(attendanceCanceled({ id }), 'what nobody has told the gateway');

it('OPS12.1 each command says and shows the same for a gateway elsewhere as for the log here', async () => {
  await gateway.eduzz(odd('one'));
  await gateway.eduzz(attendanceCanceled({ id: 'fits', participant: { email: 'caio@ficticio.example' } }));
  await gateway.post('eduzz', forged('two'));
  const list: Command = (terminal) => listRefused({}, terminal);
  await expect.poll(() => said(here, list)).toEqual([expect.stringMatching(/^1\t.*until/)]);
  const drifted: Command = (terminal) => drift({ accept: false }, terminal);
  // The gateway records fields every five seconds. If that came between both looks, they would differ.
  await expect.poll(() => said(here, drifted)).toEqual([expect.stringContaining(' 1 type of event known')]);
  const commands: Record<string, Command> = {
    'quarantine list': (terminal) => listQuarantine({ state: 'WAITING' }, terminal),
    'quarantine show': (terminal) => showQuarantined(1, { payload: true }, terminal),
    'quarantine show nothing': (terminal) => showQuarantined(99, { payload: false }, terminal),
    'refused list': list,
    'refused list of another': (terminal) => listRefused({ source: 'wix' }, terminal),
    'types of nobody': (terminal) => types('nope', { from: ['log'] }, terminal),
    drift: drifted,
    'drift of nobody': (terminal) => drift({ source: 'nope', accept: false }, terminal),
    'erase as a dry run': (terminal) => erase({ email: 'caio@ficticio.example', dryRun: true }, terminal),
    'erase of nobody': (terminal) => erase({ source: 'nope', subject: 'ticket/1' }, terminal),
    'reprocess as a dry run': (terminal) => reprocess({ source: 'eduzz', dryRun: true }, terminal),
    'reprocess of nobody': (terminal) => reprocess({ source: 'nope' }, terminal),
    'sources list': (terminal) => listSources(terminal),
    'sources pause of nobody': (terminal) => pauseSource('nope', {}, terminal),
    'refused drop of nobody': (terminal) => dropRefused([99], { all: false }, terminal),
    'token revoke of nobody': (terminal) => revokeTokens(['nope'], {}, terminal),
  };
  const drafts = [here, there].map((env, index) => {
    const write = join(gateway.folder, `types-${index}.ts`);
    return said(env, (terminal) => types('eduzz', { from: ['log'], write }, terminal)).then(() =>
      readFileSync(write, 'utf8'),
    );
  });
  const [drafted = '', again] = await Promise.all(drafts);
  expect(drafted).toBe(again);
  expect(drafted).toContain('blinket.attendance_canceled');
  for (const [name, command] of Object.entries(commands)) {
    const [one, other] = [await said(here, command), await said(there, command)];
    expect([name, ...one]).toEqual([name, ...other]);
    expect(one.join('')).not.toBe('');
  }
});

it('OPS12.1 does the same elsewhere as here, and each action is noted with who did it', async () => {
  /** Each is done to something of its own, once here and once there. */
  const twice = async (command: (which: 0 | 1) => Command): Promise<string[]> => {
    const [one, other] = [await said(here, command(0)), await said(there, command(1))];
    expect(alike(one)).toEqual(alike(other));
    return other;
  };
  const numbers = async (list: Command) => (await said(here, list)).map((line) => Number(line.split('\t')[0]));
  for (const id of ['r1', 'r2', 'd1', 'd2']) await gateway.eduzz(odd(id));
  const waiting = (await numbers((terminal) => listQuarantine({ state: 'WAITING' }, terminal))).slice(-4);
  const doesNotFit = await said(there, (terminal) => releaseQuarantined([waiting[0]!], { all: false }, terminal));
  expect(doesNotFit.join('\n')).toMatch(/still does not fit: data.participant.id[^]*Not everything fits/);
  const discard = (which: 0 | 1) => (terminal: TestTerminal) => discardQuarantined([waiting[2 + which]!], terminal);
  expect(alike(await twice(discard))).toEqual(['NUMBER\tdiscarded']);

  for (const id of ['f1', 'f2']) await gateway.post('eduzz', forged(id));
  const refused: Command = (terminal) => listRefused({}, terminal);
  await expect.poll(() => numbers(refused)).toHaveLength(3);
  const kept = await numbers(refused);
  await said(there, (terminal) => admitRefused([kept[0]!], { all: false }, terminal)).then((lines) =>
    expect(lines.join('\n')).toMatch(/still refused: [^]*Some of them are not authentic/),
  );
  expect(await twice((which) => (terminal) => dropRefused([kept[which]!], { all: false }, terminal))).toEqual([
    '1 dropped.',
  ]);

  for (const id of ['p1', 'p2'])
    await gateway.eduzz(attendanceCanceled({ id, participant: { id: `ticket-of-${id}` } }));
  const of = (which: 0 | 1) => ({ source: 'eduzz', subject: `ticket/ticket-of-p${which + 1}`, by: 'ticket 8812' });
  const receipts = [0, 1] as const;
  for (const which of receipts) {
    const lines = await said([here, there][which]!, (terminal) => erase(of(which), terminal));
    expect(lines.join('\n')).toMatch(/^Receipt[^]*ordered by {2}ticket 8812\n[^]*events {6}1\n[^]*eduzz p[12]\n/);
  }

  await twice(() => (terminal) => pauseSource('wix', { reason: 'moving' }, terminal));
  expect((await said(there, listSources))[1]).toMatch(/^wix\twix\t\/webhooks\/wix\tsecret set\t.*paused since .* by /);
  expect(await said(there, (terminal) => resumeSource('wix', terminal))).toEqual(['wix is resumed.']);
  expect(await said(here, (terminal) => resumeSource('wix', terminal))).toEqual(['wix was not paused.']);
  const log = new SqliteLog(join(gateway.folder, 'hookcast.db'));
  atEnd(() => log.close());
  const sighting = { source: 'eduzz', type: 'x', change: 'FIELD', expected: false, count: 1, at: 1_000 } as const;
  for (const [env, path] of [
    [here, 'data.seat'],
    [there, 'data.row'],
  ] as const) {
    await log.fields.add([{ ...sighting, path }]);
    const lines = await said(env, (terminal) => drift({ accept: true }, terminal));
    expect(lines).toEqual([expect.stringContaining(`new field\t${path}\tin 1 of 1`), '1 are expected from now on.']);
  }
  expect((await said(here, (terminal) => reprocess({ source: 'eduzz' }, terminal))).length).toBe(
    (await said(there, (terminal) => reprocess({ source: 'eduzz' }, terminal))).length,
  );

  const issued = await twice(
    () => (terminal) => issueToken({ for: 'Ana', tenant: ['eduzz:1'], scope: 'events:read', expires: 600 }, terminal),
  );
  const { jti } = decodeJwt(issued[0]!);
  const tokens = await said(there, (terminal) => listTokens({ all: false, json: false }, terminal));
  expect(tokens).toEqual(await said(here, (terminal) => listTokens({ all: false, json: false }, terminal)));
  expect(tokens.join('\n')).toContain(`${jti}\tAna\tevents:read\teduzz:1\tissued`);
  const revoked = await said(there, (terminal) => revokeTokens([jti!], {}, terminal));
  expect(revoked[0]).toBe(`${jti}\tAna\trevoked`);

  const noted = (await said(there, (terminal) => audit({ json: true }, terminal))).map(
    (line) => JSON.parse(line) as { action: string; operation: string; osUser: string | null; target: string | null },
  );
  expect(noted.map(({ operation }) => operation)).toEqual(
    (await said(here, (terminal) => audit({ json: true }, terminal))).map((line) => JSON.parse(line).operation),
  );
  const actions = (isHere: boolean) =>
    new Set(
      noted
        .filter(({ osUser, action }) => (osUser !== null) === isHere && !action.startsWith('READ'))
        .map(({ action }) => action),
    );
  const all = ['ACCEPT_DRIFT', 'DISCARD', 'DROP', 'ERASE', 'ISSUE', 'PAUSE', 'REPROCESS', 'RESUME'];
  expect([...actions(true)].toSorted()).toEqual(all);
  expect([...actions(false)].toSorted()).toEqual([...all, 'ADMIT', 'RELEASE', 'REVOKE'].toSorted());
  expect(JSON.stringify(noted)).not.toContain('@');
});

it('OPS12.2 takes a token from the environment, a file or standard input, and sends it only to the gateway', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'token');
  writeFileSync(file, `${there['HOOKCAST_TOKEN']}\n`);
  const list: Command = (terminal) => listQuarantine({ state: 'RELEASED' }, terminal);
  const { HOOKCAST_URL } = there as { HOOKCAST_URL: string };
  const nothing = ['No delivery is in this state.'];
  expect(await said({ HOOKCAST_URL, HOOKCAST_TOKEN_FILE: file }, list)).toEqual(nothing);
  expect(await said({ ...there, HOOKCAST_URL: `${HOOKCAST_URL}/graphql` }, list)).toEqual(nothing);
  expect(await said({ ...there, HOOKCAST_URL: `${HOOKCAST_URL}/console/` }, list)).toEqual(nothing);
  expect((await said({ HOOKCAST_URL }, list))[0]).toMatch(
    /^! A token with the scope ops .* --token-file .* HOOKCAST_TOKEN/,
  );
  expect((await said({ HOOKCAST_URL, HOOKCAST_TOKEN_FILE: join(folder, 'no') }, list))[0]).toContain('(ENOENT)');
  const empty = join(folder, 'empty');
  writeFileSync(empty, '\n');
  expect((await said({ HOOKCAST_URL, HOOKCAST_TOKEN_FILE: empty }, list))[0]).toContain(`${empty} holds no token.`);
  expect((await said({ ...there, HOOKCAST_URL: 'hooks.example.com' }, list))[0]).toContain('expected the address');
  const plain = { ...there, HOOKCAST_URL: 'http://gateway.example' };
  expect((await said(plain, list))[0]).toMatch(/^! Anybody on the network path could read the token.*--plain-http/);

  const seen: unknown[] = [];
  const stranger = createServer((request, response) => {
    seen.push([request.url, request.headers.authorization !== undefined]);
    if (request.url === '/moved/graphql') response.writeHead(307, { location: '/elsewhere' }).end();
    else response.writeHead(502, { 'content-type': 'text/html' }).end('<p>Bad gateway</p>');
  }).listen(0, '127.0.0.1');
  atEnd(() => void stranger.close());
  await expect.poll(() => stranger.listening).toBe(true);
  const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  expect((await said({ ...there, HOOKCAST_URL: url }, list))[0]).toMatch(
    /answers 502, which is not the answer of a gateway/,
  );
  expect((await said({ ...there, HOOKCAST_URL: `${url}/moved` }, list))[0]).toMatch(/^! No gateway answers at/);
  expect(seen).toEqual([
    ['/graphql', true],
    ['/moved/graphql', true],
  ]);
  for (const [claims, why] of [
    [{ scope: 'events:read' }, 'lacks the scope ops'],
    [{ tenants: ['eduzz:1'] }, 'the token must be for every tenant ("*")'],
  ] as const) {
    const env = { HOOKCAST_URL, HOOKCAST_TOKEN: await makeToken(claims) };
    expect((await said(env, list))[0]).toContain(why);
  }
});

it('OPS12.2 the command line names the gateway and its token, also by standard input', async () => {
  const folder = temporaryFolder();
  const run = (args: readonly string[], input = '') =>
    spawnSync(process.execPath, [...PROGRAM, ...args], {
      cwd: folder,
      encoding: 'utf8',
      input,
      env: { PATH: process.env['PATH'], HOOKCAST_URL: 'http://127.0.0.1:9' },
      timeout: 300_000,
    });
  // The gateway runs in this process, which waits here: so the call fails by its own patience, and never for its token.
  const bare = run(['quarantine', 'list', '--url', 'http://127.0.0.1:9', '--token-file', '-'], 'no.token');
  expect(bare.stderr).toMatch(/A token with the scope ops/);
  const named = run(['sources', 'list', '--token-file', '-'], there['HOOKCAST_TOKEN']);
  expect(named.stderr).toMatch(/No gateway answers at http:\/\/127.0.0.1:9\/graphql/);
});

it('OPS13.2 sends a sample only through a gateway that allows it, and says that a log alone cannot', async () => {
  const send: Command = (terminal) => sendSourceSample('eduzz', undefined, terminal);
  expect((await said(here, send))[0]).toMatch(/Only a running gateway can do this: name it with --url/);
  expect((await said(there, send))[0]).toMatch(/ALLOW_SAMPLES=on/);
});
