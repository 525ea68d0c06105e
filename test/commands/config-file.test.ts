import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { ConfigError } from '../../src/config-error.ts';
import { loadConfigFile } from '../../src/config-file.ts';
import { dev } from '../../src/commands/dev.ts';
import { schema } from '../../src/commands/schema.ts';
import { send } from '../../src/commands/send.ts';
import { findOwnSources, readSettings } from '../../src/commands/sources.ts';
import { verify } from '../../src/commands/verify.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { SOURCES, hookcast, run } from '../support/child.ts';
import { AUTH_SECRET, TestGateway, makeToken, signedAsEduzz, temporaryFolder } from '../support/gateway.ts';
import { TestTerminal } from '../support/terminal.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NODE_MODULES = join(ROOT, 'node_modules');

const FILE = `
import { z } from 'zod';
import { defineConfig } from 'hookcast/config';
import { defineProvider, event } from 'hookcast/provider';
import { eduzz } from 'hookcast/providers/eduzz';
import { BookingCancellation } from 'hookcast/types/booking-cancellation';
import { hmac } from 'hookcast/verify/hmac';

const rental = z.object({ id: z.string(), shop: z.string(), rental: z.string(), rider: z.string() });

function bikes(secret: string) {
  return defineProvider({
    name: 'bikes',
    verify: hmac({ secrets: [secret], header: 'x-bikes', encoding: 'hex' }),
    about: ({ payload }) => ({ type: String(payload['event']), eventId: String(payload['id']), account: String(payload['shop']) }),
    events: {
      'rental.cancelled': event(rental, BookingCancellation, ({ rental, rider }) => ({
        bookingId: rental,
        title: 'A bike',
        customer: { name: rider },
      })),
    },
  });
}

export default defineConfig({
  sources: {
    'tickets-recife': eduzz({ secrets: ['secret of recife'] }),
    'tickets-olinda': eduzz({ secrets: ['secret of olinda'] }),
    bikes: bikes(process.env['BIKES_SECRET'] ?? 'of the bikes'),
  },
});
`;

/** A project of a user's: hookcast is installed, and the file names the sources. */
function project(text: string): { folder: string; file: string; env: Record<string, string> } {
  const folder = temporaryFolder();
  const file = join(folder, 'hookcast.config.ts');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'hookcast'));
  symlinkSync(join(NODE_MODULES, 'zod'), join(folder, 'node_modules', 'zod'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(file, text);
  return {
    folder,
    file,
    env: {
      BIKES_SECRET: 'of the bikes',
      PORT: '0',
      DATABASE_URL: `sqlite:${join(folder, 'hookcast.db')}`,
      AUTH_SECRET,
    },
  };
}

/** Why a file is not loaded, as it is said after `hookcast: `. */
function problemsOf(file: string): Promise<readonly string[]> {
  return loadConfigFile(file).then(
    () => [],
    (error: ConfigError) => error.problems,
  );
}

async function post(url: string, source: string, { headers, body }: { headers: Record<string, string>; body: string }) {
  const response = await fetch(`${url}/webhooks/${source}`, { method: 'POST', headers, body });
  return { status: response.status, ...((await response.json()) as Record<string, unknown>) };
}

it('IN9.1 takes several sources of one provider and a provider of one’s own from a file', async () => {
  const { file } = project(FILE);
  const gateway = await TestGateway.start({ sources: (await findOwnSources({ CONFIG_FILE: file }))! });
  const ticket = (secret: string) => signedAsEduzz(JSON.stringify(attendanceCanceled({ id: 'same' })), secret);
  expect(await post(gateway.url, 'tickets-recife', ticket('secret of recife') as never)).toMatchObject({
    status: 'accepted',
  });
  // Its own secrets, and its own ids.
  expect(await post(gateway.url, 'tickets-olinda', ticket('secret of recife') as never)).toMatchObject({ status: 401 });
  expect(await post(gateway.url, 'tickets-olinda', ticket('secret of olinda') as never)).toMatchObject({
    status: 'accepted',
  });
  expect(await post(gateway.url, 'eduzz', ticket('secret of olinda') as never)).toMatchObject({ status: 404 });

  const body = JSON.stringify({ id: 'b1', event: 'rental.cancelled', shop: 'recife', rental: 'r1', rider: 'Caio' });
  const signature = createHmac('sha256', 'of the bikes').update(body).digest('hex');
  expect(await post(gateway.url, 'bikes', { headers: { 'x-bikes': signature }, body })).toMatchObject({
    status: 'accepted',
  });
  expect(await post(gateway.url, 'bikes', { headers: { 'x-bikes': signature }, body: `${body} ` })).toMatchObject({
    status: 401,
  });

  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
    body: JSON.stringify({
      query:
        '{ cancellations { edges { node { __typename source tenant { id } kind title reference customer { name } } } } }',
    }),
  });
  const { data } = (await response.json()) as { data: any };
  expect(data.cancellations.edges.map(({ node }: any) => node)).toMatchObject([
    { source: 'tickets-recife', __typename: 'TicketCancellation' },
    { source: 'tickets-olinda', tenant: { id: 'eduzz:7001' } },
    {
      __typename: 'BookingCancellation',
      source: 'bikes',
      tenant: { id: 'bikes:recife' },
      title: 'A bike',
      reference: 'r1',
      customer: { name: 'Caio' },
    },
  ]);
});

/** The same with accounts for two of them. */
const HELD = FILE.replace(
  "eduzz({ secrets: ['secret of recife'] })",
  "{ provider: eduzz({ secrets: ['secret of recife'] }), accounts: ['40021'] }",
).replace(
  "bikes(process.env['BIKES_SECRET'] ?? 'of the bikes')",
  "{ provider: bikes(process.env['BIKES_SECRET'] ?? 'of the bikes'), accounts: ['recife'] }",
);

it('IN2.12 takes accounts for any source of a file, of one’s own providers too', async () => {
  const { env, file } = project(HELD);
  const gateway = await TestGateway.start({ sources: (await findOwnSources({ CONFIG_FILE: file }))! });
  const ticketOf = (id: string) =>
    signedAsEduzz(JSON.stringify(attendanceCanceled({ producer: { id } })), 'secret of recife');
  expect(await post(gateway.url, 'tickets-recife', ticketOf('40021') as never)).toMatchObject({ status: 'accepted' });
  expect(await post(gateway.url, 'tickets-recife', ticketOf('51300') as never)).toMatchObject({ status: 'ignored' });
  const rentalOf = (shop: string) => {
    const body = JSON.stringify({ id: `of-${shop}`, event: 'rental.cancelled', shop, rental: 'r1', rider: 'Caio' });
    return { headers: { 'x-bikes': createHmac('sha256', 'of the bikes').update(body).digest('hex') }, body };
  };
  expect(await post(gateway.url, 'bikes', rentalOf('recife'))).toMatchObject({ status: 'accepted' });
  expect(await post(gateway.url, 'bikes', rentalOf('olinda'))).toMatchObject({ status: 'ignored' });

  // The commands ask the same sources.
  const capture = join(temporaryFolder(), 'capture');
  const { headers, body } = rentalOf('olinda');
  writeFileSync(capture, `x-bikes: ${headers['x-bikes']}\n\n${body}`);
  const terminal = new TestTerminal({ ...env, CONFIG_FILE: file });
  await verify('bikes', capture, { personal: false }, terminal);
  expect(terminal.lines.at(-1)).toMatch(/^event +none: ignored, .*does not accept \(bikes:olinda\)$/);
});

it('IN2.13 serve says at its start which sources of one provider take events of any account', async () => {
  const warned = async (text: string) => {
    const { env, file } = project(text);
    const { warnings } = await readSettings({ ...env, CONFIG_FILE: file });
    return warnings;
  };
  expect(await warned(HELD)).toEqual([
    expect.stringMatching(/^"tickets-recife", "tickets-olinda" are sources of eduzz, .*: "tickets-olinda"\. /),
  ]);
  const olinda = "eduzz({ secrets: ['secret of olinda'] })";
  expect(await warned(HELD.replace(olinda, `{ provider: ${olinda}, accounts: ['51300'] }`))).toEqual([]);
  const { folder, env } = project(FILE);
  const lines = createInterface({ input: hookcast(['serve'], { ...env, LOG_LEVEL: 'warn' }, folder, SOURCES).stdout! });
  const [line] = (await once(lines, 'line')) as [string];
  expect(JSON.parse(line)).toMatchObject({
    level: 40,
    msg: expect.stringContaining('"tickets-recife", "tickets-olinda"'),
  });
});

it('OPS2.3 refuses invalid accounts, in one line each', async () => {
  const source = "eduzz({ secrets: ['secret of recife'] })";
  const problemsWith = (entry: string) => problemsOf(project(FILE.replace(source, entry)).file);
  const said = (rest: string) => [expect.stringContaining(`hookcast.config.ts: sources: "tickets-recife"${rest}`)];
  const list = ": accounts: expected a list of texts, such as ['40021'], or ['*'] for any";
  for (const accounts of ["'40021'", '[40021]', "['']", 'null', 'undefined']) {
    expect(await problemsWith(`{ provider: ${source}, accounts: ${accounts} }`)).toEqual(said(list));
  }
  expect(await problemsWith(`{ provider: ${source} }`)).toEqual(said(list));
  expect(await problemsWith(`{ provider: ${source}, accounts: ['eduzz:40021'] }`)).toEqual(
    said(': accounts: write "40021" and not "eduzz:40021"'),
  );
  expect(await problemsWith(`{ provider: ${source}, accounts: [], account: '1' }`)).toEqual(
    said(': "account" is not supported'),
  );
  expect(await problemsWith(`{ provider: eduzz, accounts: [] }`)).toEqual(said(' is a function: call it'));
  expect(await problemsWith(`{ provider: ${source}, accounts: [] }`)).toEqual([]);
});

it('IN9.1 gives the commands the sources of the file', async () => {
  const { env, file } = project(FILE);
  const terminal = new TestTerminal({ ...env, CONFIG_FILE: file });
  const unknown = verify('eduzz', 'x', { personal: false }, terminal);
  await expect(unknown).rejects.toThrow('There are: tickets-recife, tickets-olinda, bikes.');
  const gateway = await TestGateway.start({ sources: (await findOwnSources({ CONFIG_FILE: file }))! });
  await send('tickets-olinda', { event: undefined, count: 1, url: gateway.url }, terminal);
  expect(terminal.lines).toEqual([expect.stringContaining(': accepted')]);
});

it('OPS2.3 refuses a file that can’t be used, in one line', async () => {
  const wrong: [string, RegExp][] = [
    ['export const nothing = 1;', /hookcast.config.ts: export default defineConfig/],
    ['export default { sources: {} };', /hookcast.config.ts: sources: name at least one/],
    [
      'export default { sources: { Bikes: {} } };',
      /^hookcast.config.ts: sources: "Bikes" is not a name: up to 63 lower-case letters/,
    ],
    [
      'export default { sources: { bikes: { name: "x" } } };',
      /sources: "bikes" is not a provider: make it with defineProvider/,
    ],
    ['export default { sources: { bikes: () => 1 } };', /sources: "bikes" is a function: call it/],
    ['export default { source: {} };', /"source" is not supported: only "sources" is/],
    ['export default { sources: 1 };', /sources: expected \{ <name>: <provider>, … \}/],
    ['export default {', /hookcast.config.ts: it can't be loaded: /],
    ['import "hookcast/nothing";', /hookcast.config.ts: it can't be loaded: /],
  ];
  for (const [file, expected] of wrong) {
    const problems = await problemsOf(project(file).file);
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems[0]).not.toContain('\n');
  }
  await expect(findOwnSources({ CONFIG_FILE: 'elsewhere.ts' })).rejects.toMatchObject({
    problems: ['CONFIG_FILE: there is no file elsewhere.ts'],
  });
});

it('OPS2.3 refuses what a file says beside its sources', async () => {
  const { file } = project(FILE.replace('  sources: {', '  retentionDays: 3,\n  sources: {'));
  expect(await problemsOf(file)).toEqual([
    expect.stringMatching(/^hookcast.config.ts: "retentionDays" is not supported: only "sources" is[^\n]*$/),
  ]);
});

it('OPS2.3 names the file and the line of an error in a file', async () => {
  const said = async (gym: string) => {
    const { folder, file } = project(
      "import { gym } from './gym.ts';\n\nexport default { sources: { gym: gym() } };\n",
    );
    writeFileSync(join(folder, 'gym.ts'), gym);
    const [problem, ...others] = await problemsOf(file);
    expect(others).toEqual([]);
    return problem;
  };
  const failed = (what: string) => `hookcast.config.ts: it can't be loaded: ${what}`;
  expect(await said("\nexport function gym() {\n  throw new Error('GYM_SECRET is not set');\n}\n")).toBe(
    failed('GYM_SECRET is not set (gym.ts:3)'),
  );
  expect(await said('export const gym = 1;\nexport const other = {{;\n')).toMatch(
    /^hookcast.config.ts: it can't be loaded: .* \(gym.ts:2\)$/,
  );
  // Thrown in hookcast's own code: the line that called it.
  const called = `import { hmac } from 'hookcast/verify/hmac';\n
export const gym = () => hmac({ secrets: [''], header: 'x', encoding: 'hex' });\n`;
  expect(await said(called)).toMatch(/missing or empty.* \(gym.ts:3\)$/);
});

it('OPS2.3 refuses a folder for a file, and sources that are named twice', async () => {
  const { folder, env, file } = project(FILE);
  await expect(findOwnSources({ CONFIG_FILE: folder })).rejects.toThrow(`CONFIG_FILE: ${folder} is not a file`);
  expect(await findOwnSources({ ...env, CONFIG_FILE: file, SOURCES: ' ' })).toHaveProperty('size', 3);
  await expect(findOwnSources({ CONFIG_FILE: file, SOURCES: 'eduzz' })).rejects.toThrow(`SOURCES: ${file} names`);
  const { code, stderr } = await run(['serve'], { ...env, SOURCES: 'eduzz' }, folder, SOURCES);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^hookcast: SOURCES: hookcast.config.ts names the sources too\. [^\n]*\n$/);
});

it('OPS3.4 send says which sources there are, and what has no samples', async () => {
  const { env, file } = project(FILE);
  const sending = (source: string, settings: Record<string, string>) =>
    send(source, { event: undefined, count: 1, url: undefined }, new TestTerminal(settings));
  await expect(sending('nope', { ...env, CONFIG_FILE: file })).rejects.toThrow(
    'There is no source "nope". There are: tickets-recife, tickets-olinda, bikes.',
  );
  await expect(sending('bikes', { ...env, CONFIG_FILE: file })).rejects.toThrow('The provider "bikes" has no samples');
  await expect(sending('nope', {})).rejects.toThrow(/There are: eduzz, wix, calcom, .*\.$/);
});

it('OPS3.3 dev with a file of one’s own speaks of no throw-away secrets', async () => {
  const { env, file } = project(FILE);
  const terminal = new TestTerminal({ ...env, CONFIG_FILE: file });
  await dev(terminal);
  const own = 'hookcast is running, with the sources of your own file and the secrets that it gives them.';
  expect(terminal.lines[0]).toBe(own);
  expect(terminal.lines.join('\n')).toMatch(/Try, in another terminal:\n\n.*send -- tickets-recife/);
  expect(terminal.lines.join('\n')).toContain('send -- tickets-olinda');
  expect(terminal.lines.join('\n')).not.toContain('throw-away');
});

it('OPS3.3 dev says how to get samples if no source of one’s own has any', async () => {
  const { env, file } = project(TYPED);
  const terminal = new TestTerminal({ ...env, CONFIG_FILE: file });
  await dev(terminal);
  expect(terminal.lines.join('\n')).toContain('give one of your providers `samples`');
  expect(terminal.lines.join('\n')).not.toContain('in another terminal');
});

const TYPED = `
import { z } from 'zod';
import { defineConfig } from 'hookcast/config';
import { defineProvider, event, eventType, id, money, open, person, text } from 'hookcast/provider';
import { hmac } from 'hookcast/verify/hmac';

const Hired = eventType('BikeHired', {
  description: 'A bike was hired.',
  fields: z.object({
    bike: id,
    price: money.nullable(),
    way: z.enum(['HOUR', 'DAY']).nullable(),
    stand: z.object({ name: open(text).nullable(), note: text.nullable() }),
    rider: person,
  }),
});

export default defineConfig({
  sources: {
    bikes: {
      provider: defineProvider({
        name: 'bikes',
        verify: hmac({ secrets: ['of the bikes, and long'], header: 'x-bikes', encoding: 'hex' }),
        about: ({ payload }) => ({ type: String(payload['event']) }),
        events: { 'bike.hired': event(z.object({ bike: id }), Hired, ({ bike }) => ({ bike, way: 'DAY', stand: {}, rider: {} })) },
      }),
      accounts: ['*'],
    },
  },
});
`;

it('GQL8.7 prints the schema with the types of one’s own file, and which of their fields are personal', async () => {
  const { file, folder } = project(TYPED);
  const written = join(folder, 'schema.graphql');
  const terminal = new TestTerminal({ CONFIG_FILE: file });
  await schema({ write: written }, terminal);
  const text = readFileSync(written, 'utf8');
  expect(text).toMatch(/type BikeHired implements Event & Node \{[^}]*stand: BikeHiredStand!/s);
  expect(text).toContain('enum BikeHiredWay {\n  DAY\n  HOUR\n}');
  expect(text).toContain('type TicketCancellation implements');
  await schema({ explain: true }, terminal);
  const all = terminal.lines.join('\n');
  const explained = all.slice(all.indexOf('BikeHired'));
  expect(explained).toMatch(/^ {2}bike +open +an id$/m);
  expect(explained).toMatch(/^ {4}name +open +a text, declared open$/m);
  expect(explained).toMatch(/^ {4}note +personal +a text, not declared open$/m);
  expect(explained).toMatch(/^ {2}rider +personal +a person$/m);
});

it('GQL8.2 says of a file whose types can’t be served which type and field it is', async () => {
  const { file } = project(TYPED.replace('open(text).nullable()', 'z.date()'));
  await expect(schema({}, new TestTerminal({ CONFIG_FILE: file }))).rejects.toThrow(/BikeHired\.stand\.name .*date/);
  const clash = project(TYPED.replace("'BikeHired'", "'Tenant'"));
  await expect(schema({}, new TestTerminal({ CONFIG_FILE: clash.file }))).rejects.toThrow(
    /Tenant, which is the name of a type of hookcast/,
  );
});
