import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { AUTH_SECRET } from '../support/gateway.ts';
import { ROOT, newFolder, runIn, succeed } from '../support/package.ts';

/** There is no Docker in here: the Dockerfile's own commands run in folders that stand for its stages. */
interface Stage {
  readonly name: string;
  readonly image: string;
  readonly steps: readonly (readonly [instruction: string, text: string])[];
}

const stages = readDockerfile();
const last = stages.at(-1)!;
const folder = newFolder();
const context = join(folder, 'context');
const root = (stage: string) => join(folder, 'stages', stage);
const NOBODY = 65_532;
const isRoot = process.getuid?.() === 0;
/** Where an image's Node is, for a user who may not look into this checkout. */
const node = join(folder, 'node');

function readDockerfile(): readonly Stage[] {
  const found: { name: string; image: string; steps: [string, string][] }[] = [];
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n */g, '');
  for (const [, instruction = '', rest = ''] of text.matchAll(/^([A-Z]+) (.*)$/gm)) {
    const [, image, name] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? [];
    if (instruction === 'FROM') found.push({ image: image!, name: name ?? 'image', steps: [] });
    else found.at(-1)!.steps.push([instruction, rest]);
  }
  return found;
}

function only(instruction: string, { steps } = last): string {
  const texts = steps.filter(([name]) => name === instruction).map(([, text]) => text);
  expect(texts, instruction).toHaveLength(1);
  return texts[0]!;
}

/** The exec form, whose program gets the signals: in the shell form a shell would. */
const words = (text: string) => JSON.parse(text) as [string, ...string[]];

async function build({ name, steps }: Stage): Promise<void> {
  const inside = (path: string, from = root(name)) => join(from, path.startsWith('/') ? path : join('/app', path));
  mkdirSync(inside('/app'), { recursive: true });
  for (const [instruction, text] of steps) {
    if (instruction === 'COPY') {
      const [, from, rest] = /^(?:--from=(\S+) )?(?:--chown=\S+ )?(.*)$/.exec(text)!;
      const paths = rest!.split(' ');
      const target = paths.pop()!;
      for (const path of paths) {
        const source = from === undefined ? join(context, path) : inside(path, root(from));
        const to = target.endsWith('./') ? join(inside(target), path) : inside(target);
        mkdirSync(dirname(to), { recursive: true });
        cpSync(source, to, { recursive: true, verbatimSymlinks: true });
      }
    }
    // Everything that it takes to work on hookcast is here already.
    if (text === 'npm ci --ignore-scripts') symlinkSync(join(ROOT, 'node_modules'), inside('node_modules'));
    else if (instruction === 'RUN') await succeed(inside('/app'), 'sh', '-c', text.replaceAll(' /', ` ${root(name)}/`));
  }
}

beforeAll(async () => {
  // The files that Docker is sent: only those that .dockerignore names.
  const rules = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => /^[^#]/.test(line));
  expect(rules.shift()).toBe('*');
  mkdirSync(context);
  for (const rule of rules)
    cpSync(join(ROOT, rule.replace(/^!/, '')), join(context, rule.slice(1)), { recursive: true });
  for (const stage of stages.slice(0, -1)) mkdirSync(root(stage.name), { recursive: true });
  await Promise.all(stages.slice(0, -1).map(build));
  await build(last);
  copyFileSync(process.execPath, node);
  chmodSync(folder, 0o755);
  if (isRoot) chownSync(join(root(last.name), 'data'), NOBODY, NOBODY);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000);

it('OPS7.6 an image names exact versions, runs as an unprivileged user, and receives signals', () => {
  for (const { image } of stages) expect(image).toMatch(/24[^:]*:(?!latest)\S+$|:24-\S+$/);
  expect(only('USER')).toBe(`${NOBODY}:${NOBODY}`);
  expect(only('STOPSIGNAL')).toBe('SIGTERM');
  expect(words(only('ENTRYPOINT'))).toEqual(['/nodejs/bin/node', '/app/dist/cli.js']);
  expect(words(only('CMD'))).toEqual(['serve']);
  expect(only('ENV')).toMatch(/\bHOST=0\.0\.0\.0\b/);
  // It has no shell, so that nothing may need one.
  expect(last.steps.filter(([instruction]) => instruction === 'RUN')).toEqual([]);
});

it('OPS7.6 an image has what is needed to run, and nothing that only development needs', () => {
  const app = join(root(last.name), 'app');
  expect(readdirSync(app).toSorted()).toEqual(['dist', 'node_modules', 'package.json', 'schema.graphql']);
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: object;
  };
  const installed = readdirSync(join(app, 'node_modules'));
  expect(installed).toContain('graphql-yoga');
  // hyparquet reads the exports of the tests, and comes with hyparquet-writer as well.
  expect(Object.keys(devDependencies).filter((name) => installed.includes(name))).toEqual(['hyparquet']);
  expect(readdirSync(context).filter((file) => /env|data|test|node_modules/.test(file))).toEqual([]);
});

it('OPS7.6 an image serves as a user without a name, from files that it may not write', async () => {
  const app = join(root(last.name), 'app');
  const env = Object.fromEntries(
    only('ENV')
      .split(' ')
      .map((pair) => pair.split('=') as [string, string]),
  );
  const data = join(root(last.name), 'data');
  const [, ...args] = [...words(only('ENTRYPOINT')), ...words(only('CMD'))].map((word) => word.replace(/^\/app/, app));
  const child = spawn(node, args, {
    cwd: app,
    env: {
      ...env,
      DATABASE_URL: env['DATABASE_URL']!.replace('/data', data),
      PORT: '0',
      AUTH_SECRET,
      SOURCES: 'eduzz',
      EDUZZ_SECRETS: 'edzwgd_of-an-image-of-the-tests',
      DRAIN_NOTICE_SECONDS: '0',
      DRAIN_SPREAD_SECONDS: '0',
    },
    ...(isRoot && { uid: NOBODY, gid: NOBODY }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line);
      if (said.msg === 'listening') resolve(said.url);
    });
  });
  expect(url).toMatch(/^http:\/\/0\.0\.0\.0:/);
  const { port } = new URL(url);
  const [, check = ''] = /CMD (.*)$/.exec(only('HEALTHCHECK'))!;
  const healthy = async () => (await runIn(app, node, words(check).slice(1), { PORT: port })).code;
  expect(await healthy()).toBe(0);
  expect((await fetch(`http://127.0.0.1:${port}/console`)).status).toBe(200);
  const own = { EDUZZ_SECRETS: 'edzwgd_of-an-image-of-the-tests', SOURCES: 'eduzz' };
  const sent = await runIn(app, node, [args[0]!, 'send', 'eduzz', '--url', `http://127.0.0.1:${port}`], own);
  expect(sent).toMatchObject({ code: 0, stdout: expect.stringContaining('accepted') });
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
  expect(await healthy()).toBe(1);
  expect(readdirSync(data)).toContain('hookcast.db');
});
