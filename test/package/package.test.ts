import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { isEnough } from '../../src/needed-node.ts';
import { SELDOM } from '../../src/providers/checks.ts';
import { AUTH_SECRET } from '../support/gateway.ts';
import { MACHINE, ROOT, copyOfCheckout, newFolder, runIn, succeed } from '../support/package.ts';

const BIN = join('node_modules', '.bin', 'hookcast');
/** The same on a Node that will do, which is not looked for: that alone takes npm a second. */
const LAUNCHER = join('node_modules', 'hookcast', 'dist', 'launch.js');
const hookcast = (cwd: string, args: readonly string[], env = {}) =>
  runIn(cwd, process.execPath, [LAUNCHER, ...args], env);
const TSC = join(ROOT, 'node_modules', '.bin', 'tsc');

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Holds everything of this file. */
const folder = newFolder();
/** Where a user has installed the package. */
const project = join(folder, 'project');
let packed: Packed;
/** The Node that the machine's `npx` runs on. */
let machineNode: string;

beforeAll(async () => {
  const checkout = copyOfCheckout(folder);
  [packed] = JSON.parse(await succeed(checkout, 'npm', 'pack', '--json', '--pack-destination', folder)) as [Packed];
  mkdirSync(project);
  const tarball = join(folder, packed.filename);
  await succeed(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball);
  machineNode = (await succeed(project, 'node', '--version')).slice(1).trim();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000);

it('OPS7.1 packs what runs and what explains it, and nothing else', () => {
  const paths = packed.files.map(({ path }) => path).filter((path) => !path.startsWith('dist/console/'));
  const page = packed.files.map(({ path }) => path).filter((path) => path.startsWith('dist/console/'));
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const declared = sources.map((file) => `dist/${file.replace(/\.ts$/, '.d.ts')}`);
  // The launcher is for an older Node as well, the client for browsers; everything else is in few files.
  const alone = sources.filter((file) => /^(client\/.*|launch|needed-node)\.ts$/.test(file));
  const programs = ['cli', 'writer', 'checkpointer', 'worker'].map((name) => `dist/${name}.js`);
  const entries = subpaths.filter((one) => !clients.includes(one)).map(({ built }) => built.slice('./'.length));
  const chunks = paths.filter((path) => /^dist\/[\w-]+-[\w-]{8}\.js$/.test(path));
  const built = [
    ...declared,
    ...alone.map((file) => `dist/${file.replace(/\.ts$/, '.js')}`),
    ...programs,
    ...entries,
    ...chunks,
  ];
  const contents = ['dist/bundled.cdx.json', 'dist/licenses.txt'];
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    // Pictures are for readers of the repository.
    /\.(?!png$)\w+$|\/Caddyfile$/.test(file),
  );
  const others = ['.env.example', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json', 'schema.graphql'];
  // A package of its own, which is packed from there; within this one its package.json would say nothing.
  const client = ['LICENSE', 'README.md'].map((file) => `dist/client/${file}`);
  const expected = [...built, ...contents, ...client, ...docs.map((file) => `docs/${file}`), ...others];
  expect(paths.toSorted()).toEqual(expected.toSorted());
  expect(page).toContain('dist/console/index.html');
  const assets = page.filter((path) =>
    /^dist\/console\/(?:assets\/[\w.-]+|client-[\d.]+)-[\w-]{8}\.(js|css|woff2)$/.test(path),
  );
  expect(assets.length).toBeGreaterThan(1);
  // Icons, what installs it on a phone, the license of the typeface, and no source maps.
  const beside = page.filter((path) => !assets.includes(path) && !/\.(html|svg|png|ico|webmanifest)$/.test(path));
  expect(beside).toEqual(['dist/console/figtree-license.txt']);
  expect(packed.size).toBeLessThan(1_700_000);
});

it('OPS7.1 runs no script when it is installed', () => {
  const { scripts } = JSON.parse(readFileSync(join(project, 'node_modules/hookcast/package.json'), 'utf8'));
  // The last two count for tarballs as well, when npm says what a package would run.
  for (const script of ['preinstall', 'install', 'postinstall', 'prepublish', 'prepare']) {
    expect(scripts).not.toHaveProperty(script);
  }
});

it('OPS7.8 packs the client alone as well, which brings neither the gateway nor a graphql of its own', async () => {
  const app = join(folder, 'app');
  mkdirSync(app);
  const built = join(folder, 'checkout', 'dist', 'client');
  const [{ filename, version }] = JSON.parse(
    await succeed(built, 'npm', 'pack', '--json', '--pack-destination', folder),
  ) as [{ filename: string; version: string }];
  const installed = ['graphql', 'graphql-ws'].map((name) => `file:${join(ROOT, 'node_modules', name)}`);
  await succeed(
    app,
    'npm',
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    join(folder, filename),
    ...installed,
  );
  const { packages } = JSON.parse(readFileSync(join(app, 'package-lock.json'), 'utf8')) as { packages: object };
  const names = Object.keys(packages).filter((path) => path.startsWith('node_modules/'));
  expect(names.toSorted()).toEqual(
    ['@0no-co/graphql.web', 'graphql', 'graphql-ws', 'hookcast-client'].map((name) => `node_modules/${name}`),
  );
  const own = JSON.parse(readFileSync(join(app, 'node_modules/hookcast-client/package.json'), 'utf8')) as {
    exports: Record<string, string>;
    dependencies: Record<string, string>;
  };
  const whole = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as typeof own & { version: string };
  expect(version).toBe(whole.version);
  expect(whole.dependencies).toMatchObject(own.dependencies);
  // A user of the hooks has React.
  const all = Object.keys(own.exports)
    .filter((path) => path !== './react')
    .map((path) => `import(${JSON.stringify(join('hookcast-client', path))})`);
  const use = `Promise.all([${all.join()}]).then(([{ follow }]) => console.log(typeof follow))`;
  expect(await succeed(app, process.execPath, '--eval', use)).toBe('function\n');
});

it('OPS7.2 npx hookcast works in an empty folder, with any Node on the machine', async () => {
  const demo = await runIn(project, 'npx', ['hookcast', 'demo']);
  expect(demo).toMatchObject({ code: 0, stdout: expect.stringContaining('POST /webhooks/wix: duplicate') });
  expect(demo.stdout).toContain('Next: "npx hookcast dev" keeps one running');
  // At most one line, and only when a Node has to be fetched.
  const said = demo.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('npm '));
  expect(said.filter((line) => !/^hookcast: this is Node .* npm fetches it/.test(line))).toEqual([]);

  const wrong = await hookcast(project, ['serve'], { SOURCES: 'eduzz' });
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/^hookcast: EDUZZ_SECRETS/) });
});

it('OPS7.9 keeps what Node has compiled inside the package, for the next start', async () => {
  const compiled = join(project, 'node_modules/hookcast/.compiled');
  rmSync(compiled, { recursive: true, force: true });
  expect((await hookcast(project, ['--help'])).code).toBe(0);
  expect(readdirSync(compiled, { recursive: true }).length).toBeGreaterThan(3);
});

it('OPS7.10 starts from a dozen files of its own, and loads nothing that its start does not need', async () => {
  const list = join(folder, 'list.mjs');
  const listed = join(folder, 'loaded.json');
  writeFileSync(
    list,
    `import { registerHooks } from 'node:module';
     import { writeFileSync } from 'node:fs';
     const loaded = [];
     registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
     process.on('exit', () => writeFileSync(${JSON.stringify(listed)}, JSON.stringify([loaded, process.moduleLoadList])));`,
  );
  const ended = await hookcast(project, ['demo'], { NODE_OPTIONS: `--import ${list}` });
  expect(ended.code, ended.stderr).toBe(0);
  const [loaded] = JSON.parse(readFileSync(listed, 'utf8')) as [string[], string[]];
  const own = loaded.filter((url) => url.includes('/node_modules/hookcast/'));
  expect(own.length).toBeGreaterThan(3);
  expect(own.length, own.join('\n')).toBeLessThan(30);
  const others = loaded.filter((url) =>
    /node_modules\/(?:graphql|zod|@pothos|@graphql-tools|@opentelemetry|prom-client|postgres)\//.test(url),
  );
  expect(others).toEqual([]);
});

it('OPS7.5 lists the packages that are bundled in its own files, with their licenses', () => {
  const dist = join(project, 'node_modules/hookcast/dist');
  const { components } = JSON.parse(readFileSync(join(dist, 'bundled.cdx.json'), 'utf8')) as {
    components: readonly { readonly name: string; readonly version: string; readonly purl: string }[];
  };
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { readonly version: string }>;
  };
  for (const name of ['@pothos/core', 'graphql', 'graphql-yoga', 'prom-client', 'zod']) {
    const { version } = packages[`node_modules/${name}`]!;
    expect(components).toContainEqual(
      expect.objectContaining({ name, version, purl: `pkg:npm/${name.replace('@', '%40')}@${version}` }),
    );
  }
  // Packages that parse strangers' bytes first, or that instrumentations find by name, are installed and not bundled.
  const apart = ['ws', 'jose', 'proxy-addr', 'pino', 'postgres'];
  expect(components.map(({ name }) => name).filter((name) => apart.includes(name))).toEqual([]);
  const licenses = readFileSync(join(dist, 'licenses.txt'), 'utf8');
  for (const { name, version } of components) expect(licenses).toContain(`# ${name} ${version} (`);
});

const CONFIG = `
import { z } from 'zod';
import { defineConfig } from 'hookcast/config';
import { id, optionalText, secondary } from 'hookcast/fields';
import { defineProvider, event, eventType, open, personal, text, whole } from 'hookcast/provider';
import { eduzz } from 'hookcast/providers/eduzz';
import { BookingCancellation } from 'hookcast/types/booking-cancellation';
import { hmac } from 'hookcast/verify/hmac';

interface Secret { readonly value: string }
const secret: Secret = { value: 'what the gym signs with' };
const visit = z.object({ id: z.string(), gym: z.string(), visit: z.string() });
const LockerOpening = eventType('LockerOpening', {
  description: 'A locker was opened.',
  fields: z.object({
    hall: open(text).describe('The hall.'),
    locker: personal(whole).describe('The locker, which tells who it was.'),
    door: id,
    shelf: open(z.string()).nullish(),
    pieces: z.array(z.object({ name: open(z.string()) })),
  }),
});
// Schemas of the package in the user's own, and the reverse.
const opening = z.object({
  id,
  event: z.string(),
  gym: z.string(),
  hall: z.string(),
  locker: z.int(),
  door: id,
  shelf: optionalText,
  pieces: secondary(z.array(z.object({ name: z.string() }))),
});

export default defineConfig({
  sources: {
    eduzz: eduzz({ secrets: ['edzwgd_secret-of-a-package'] }),
    gym: defineProvider({
      name: 'gym',
      verify: hmac({ secrets: [secret.value], header: 'x-gym', encoding: 'hex' }),
      about: ({ payload }) => ({ type: String(payload['event']), eventId: String(payload['id']), account: String(payload['gym']) }),
      events: {
        'visit.cancelled': event(visit, BookingCancellation, ({ visit }) => ({ bookingId: visit, title: 'A visit' })),
        'locker.opened': event(opening, LockerOpening, ({ hall, locker, door, shelf, pieces }) => ({ hall, locker, door, shelf, pieces: pieces ?? [] })),
      },
    }),
  },
});
`;

const OPENING = {
  id: 'opening',
  event: 'locker.opened',
  gym: 'north',
  hall: 'Blue',
  locker: 7,
  door: 12,
  shelf: 'A3',
  pieces: [{ name: 'bag' }],
};
const SAID = { hall: 'Blue', door: '12', shelf: 'A3' };

it('OPS7.3 serves the sources of a user’s own file from a package, and ends well when it is told to', async () => {
  const own = join(folder, 'own');
  mkdirSync(own);
  symlinkSync(join(project, 'node_modules'), join(own, 'node_modules'));
  writeFileSync(join(own, 'package.json'), '{"type":"module"}');
  writeFileSync(join(own, 'hookcast.config.ts'), CONFIG);
  // The command shares hookcast/provider with the user's module: there is one instance of each module.
  const explained = await hookcast(own, ['schema', '--explain']);
  expect(explained.stdout).toMatch(/^LockerOpening\b/m);
  expect(explained.stdout).toMatch(/^ +hall +open +a text, declared open$/m);
  expect(explained.stdout).toMatch(/^ +locker +personal +a number, declared personal$/m);
  const env = { ...MACHINE, PORT: '0', AUTH_SECRET, DRAIN_NOTICE_SECONDS: '0', DRAIN_SPREAD_SECONDS: '0' };
  const child = spawn(BIN, ['serve'], { cwd: own, env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  const listening = new Promise<{ url: string; sources: string[] }>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line);
      if (said.msg === 'listening') resolve(said);
    });
    child.on('exit', (code) => reject(new Error(`it ended with ${code} instead of listening`)));
  });
  const { url, sources } = await listening;
  expect(sources).toEqual(['eduzz', 'gym']);
  // None of the packages that build the console is installed here.
  expect(await (await fetch(`${url}/console`)).text()).toContain('<script type="module"');
  const refused = await fetch(`${url}/webhooks/gym`, { method: 'POST', body: '{}' });
  expect(refused.status).toBe(401);
  // More than are checked before the check is compiled. The gateway's zod and the user's are two.
  const openings = Array.from({ length: SELDOM + 5 }, (_, n) => ({ ...OPENING, id: `opening-${n}` }));
  for (const opening of [...openings, { ...OPENING, id: 'surprising', pieces: 'none', surprise: 1 }]) {
    const body = JSON.stringify(opening);
    const signature = createHmac('sha256', 'what the gym signs with').update(body).digest('hex');
    const taken = await fetch(`${url}/webhooks/gym`, { method: 'POST', body, headers: { 'x-gym': signature } });
    expect(taken.status, await taken.text()).toBe(200);
  }
  // Through the writer, which is a thread with a file of its own.
  const sent = await hookcast(own, ['send', 'eduzz', '--url', url]);
  expect(sent).toMatchObject({ code: 0, stdout: expect.stringContaining('accepted') });
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
  expect(readdirSync(join(own, 'data'))).toContain('hookcast.db');
  const exported = await hookcast(own, ['export', '--filter', 'sources=gym', '--people']);
  const events = exported.stdout.trim().split('\n');
  expect(events).toHaveLength(SELDOM + 6);
  const one = { typename: 'LockerOpening', personalValues: { locker: 7 } };
  for (const line of events.slice(0, -1)) {
    expect(JSON.parse(line)).toMatchObject({ ...one, values: { ...SAID, pieces: [{ name: 'bag' }] } });
  }
  expect(JSON.parse(events.at(-1)!)).toMatchObject({ ...one, values: SAID });
  // Fields that the schemas of both expect are no drift.
  const drift = await hookcast(own, ['drift', '--source', 'gym']);
  expect(drift.stdout.match(/^gym\t.*/gm)).toEqual([expect.stringContaining('\tsurprise\t')]);
});

it('OPS7.3 names a file’s ending when its package says that it is CommonJS', async () => {
  const own = join(folder, 'commonjs');
  mkdirSync(own);
  symlinkSync(join(project, 'node_modules'), join(own, 'node_modules'));
  writeFileSync(join(own, 'package.json'), '{"type":"commonjs"}');
  writeFileSync(join(own, 'hookcast.config.ts'), CONFIG);
  const failed = await hookcast(own, ['send', 'gym']);
  expect(failed.stderr).toMatch(/^hookcast: hookcast.config.ts: .* call it hookcast.config.mts$/m);
  writeFileSync(join(own, 'hookcast.config.mts'), CONFIG);
  rmSync(join(own, 'hookcast.config.ts'));
  expect((await hookcast(own, ['send', 'gym'])).stderr).toContain('The provider "gym" has no samples');
});

interface Export {
  readonly 'hookcast-source': string;
  readonly default: string;
}

/** The exports of package.json: `client`, `providers/eduzz`, …, and the module of each. */
const subpaths = Object.entries(
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).exports as Record<string, Export | string>,
).flatMap(([path, target]) => {
  // A file that is no module, such as the schema.
  if (typeof target === 'string') return [];
  const source = target['hookcast-source'];
  if (!path.includes('*')) return [{ path: path.slice(2), source, built: target.default }];
  // In ./src/providers/*/*.ts both stars stand for the same.
  const names = readdirSync(join(ROOT, source.slice(0, source.indexOf('*')))).map((file) => file.replace(/\.ts$/, ''));
  const named = (template: string, name: string) => template.replaceAll('*', name);
  return names
    .map((name) => ({
      path: named(path.slice(2), name),
      source: named(source, name),
      built: named(target.default, name),
    }))
    .filter((each) => existsSync(join(ROOT, each.source)));
});
const clients = subpaths.filter(({ source }) => source.startsWith('./src/client/'));

it('OPS7.4 exports the client for any Node and any browser, and everything else for Node 24.7', async () => {
  const paths = subpaths.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['client', 'config', 'provider', 'providers/cal-com', 'verify/hmac']));
  const client = `import('hookcast/client').then(({ follow }) => console.log(typeof follow))`;
  expect(await succeed(project, 'node', '--eval', client)).toBe('function\n');
  for (const { path, built } of clients) {
    const text = readFileSync(join(project, 'node_modules/hookcast', built), 'utf8');
    if (path === 'react') expect(text.match(/\bfrom ['"][^.][^'"]*/g)).toEqual(["from 'react"]);
    else expect(text).not.toMatch(/\bfrom ['"](?!\.)|\bimport\(|\brequire\(/);
  }
  // For code generators.
  const schema = `console.log(require('node:fs').readFileSync(require.resolve('hookcast/schema.graphql'), 'utf8'))`;
  expect(await succeed(project, 'node', '--eval', schema)).toContain('type OrderChange implements');
  // A user of the hooks has React.
  const all = paths.flatMap((path) => (path === 'react' ? [] : `import('hookcast/${path}')`)).join(', ');
  await succeed(
    project,
    process.execPath,
    '--eval',
    `Promise.all([${all}]).catch((e) => { console.error(e); process.exit(1); })`,
  );
  const inner = await runIn(project, process.execPath, ['--eval', `import('hookcast/dist/gateway.js')`]);
  expect(inner.stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
});

const BROWSER = `
import { createClient } from 'graphql-ws';
import { type StreamMessage, follow } from 'hookcast/client';
import { useCancellations, useEvents } from 'hookcast/react';

const client = createClient({ url: 'ws://127.0.0.1:4000/graphql', retryAttempts: 0 });
interface Edge extends StreamMessage { readonly __typename: 'CancellationEdge'; readonly node: { readonly title: string } }
const following = follow<Edge>(client, { query: '…', onMessage: ({ node }) => node.title.length, onGap: ({ reason }) => reason });
following.ended.catch((error: unknown) => error);
// @ts-expect-error A cursor is text.
following.cursor?.toFixed();

const row = '' as unknown as { __apiType?: (variables: object) => { readonly type: string } };
export function List() {
  const { rows, status } = useEvents(row, { keep: 10 });
  if (status === 'live') useCancellations().rows.map(({ node }) => node.customer?.name);
  // @ts-expect-error The fragment doesn't select it.
  rows[0]?.node.title;
  return rows.map(({ node }) => node.id + node.type).join();
}
`;

it('OPS7.4 brings its types: the client’s for browsers without those of Node, the rest with them', async () => {
  writeFileSync(join(project, 'browser.mts'), BROWSER);
  const all = subpaths
    .filter(({ path }) => path !== 'react')
    .map(({ path }, n) => `import * as part${n} from 'hookcast/${path}';\nexport { part${n} };`)
    .join('\n');
  writeFileSync(join(project, 'node.mts'), `${CONFIG}\n${all}`);
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
  const nodeTypes = join(project, 'node_modules/@types/node');
  const always = ['--ignoreConfig', '--noEmit', '--checkers', '1', '--strict', '--target', 'es2024'];
  const check = (file: string, ...options: string[]) => succeed(project, TSC, ...always, ...options, file);
  // As bundlers find modules, and as Node does, which takes nothing that those would not.
  const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler'];
  for (const types of ['@types/react', 'csstype']) {
    symlinkSync(join(ROOT, 'node_modules', types), join(project, 'node_modules', types));
  }
  await check('browser.mts', ...bundler, '--lib', 'es2022,dom', '--types', '');
  symlinkSync(join(ROOT, 'node_modules/@types/node'), nodeTypes);
  symlinkSync(join(ROOT, 'node_modules/undici-types'), join(project, 'node_modules/undici-types'));
  await check('node.mts', '--module', 'nodenext', '--types', 'node');
});

it('OPS7.2 says what to do where no Node that it can run on is to be had, and takes one that is beside it', async ({
  skip,
}) => {
  if (isEnough(machineNode)) skip('the machine’s own Node will do');
  const offline = { npm_config_offline: 'true', npm_config_cache: join(folder, 'empty') };
  const alone = await runIn(project, BIN, ['--help'], offline);
  expect(alone.code).toBe(1);
  expect(alone.stderr.split('\n')).toEqual([
    expect.stringMatching(/^hookcast: this is Node [\d.]+, and 24\.7 is needed\./),
    expect.stringMatching(/^hookcast: that failed: /),
    expect.stringMatching(/^hookcast: it needs Node 24\.7 or newer: install it from /),
    '',
  ]);
  symlinkSync(join(ROOT, 'node_modules/node'), join(project, 'node_modules/node'));
  const beside = await runIn(project, BIN, ['--help'], offline);
  expect(beside).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Usage: hookcast') });
});

it('OPS7.7 refuses to start on an older Node, in one line, also without the launcher', async ({ skip }) => {
  if (isEnough(machineNode)) skip('the machine’s own Node will do');
  const direct = await runIn(project, 'node', ['node_modules/hookcast/dist/cli.js', 'serve']);
  expect(direct).toMatchObject({ code: 1, stdout: '' });
  expect(direct.stderr).toMatch(/^hookcast: this is Node [\d.]+, and 24\.7 or newer is needed: install it from .*\n$/);
});
