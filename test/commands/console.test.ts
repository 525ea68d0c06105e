import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildConsole, fingerprint } from '../../src/commands/console.ts';
import { dev } from '../../src/commands/dev.ts';
import { environment, temporaryFolder } from '../support/gateway.ts';
import { newFolder } from '../support/package.ts';
import { TestTerminal } from '../support/terminal.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** A checkout of its own, with a page of one line: what counts is when it is built. */
const checkout = newFolder();
const page = join(checkout, 'dist', 'console', 'index.html');
const script = join(checkout, 'console', 'main.ts');

beforeAll(() => {
  for (const part of [
    'src',
    'schema.graphql',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'console/client-module.ts',
    'console/vite.config.ts',
  ]) {
    cpSync(join(ROOT, part), join(checkout, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  const head = '<head><script type="module" src="./main.ts"></script></head>';
  writeFileSync(join(checkout, 'console', 'index.html'), `<!doctype html><html>${head}<body></body></html>`);
  writeFileSync(script, 'document.title = "one";');
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

async function build(): Promise<{ readonly isThere: boolean; readonly said: string }> {
  const terminal = new TestTerminal({});
  const isThere = await buildConsole(terminal, checkout);
  return { isThere, said: terminal.lines.join('\n') };
}

it('OPS3.3 dev builds the console when it is not there or its sources have changed, and only then', async () => {
  const first = await build();
  expect(first).toEqual({
    isThere: true,
    said: expect.stringMatching(/^Building the console \(it was not built yet\).*$/),
  });
  const built = readFileSync(page, 'utf8');
  expect(built).toMatch(/src="\/console\/assets\/[\w-]+\.js"/);
  expect(built).not.toMatch(/<script(?![^>]* src=)|<style/);

  // As git does to whatever it checks out, and to no avail.
  utimesSync(script, new Date(), new Date(Date.now() + 60_000));
  expect(await build()).toEqual({ isThere: true, said: '' });

  for (const [change, path] of [
    ['changed', 'console/main.ts'],
    ['new', 'console/pages/live.ts'],
    ['changed', 'src/client/follow.ts'],
    ['changed', 'schema.graphql'],
    ['changed', 'package-lock.json'],
  ]) {
    const before = fingerprint(checkout);
    mkdirSync(join(checkout, 'console', 'pages'), { recursive: true });
    appendFileSync(join(checkout, path!), `\n// ${change}`);
    expect([path, fingerprint(checkout) !== before]).toEqual([path, true]);
  }
  const again = await build();
  expect(again).toEqual({ isThere: true, said: expect.stringMatching(/^Building the console \(its sources have.*$/) });
  expect(await build()).toEqual({ isThere: true, said: '' });
});

it('OPS3.3 dev goes on with the former console if it can’t build a new one, and says why', async () => {
  const before = readFileSync(page, 'utf8');
  const wrong: [source: string, reason: string][] = [
    ['const nonsense;', 'Missing initializer.*console/main.ts:1:'],
    // Of which vite writes a page all the same.
    ['import nothing from "no-such-package"; nothing();', 'failed to resolve import "no-such-package"'],
  ];
  for (const [source, reason] of wrong) {
    writeFileSync(script, source);
    const failed = await build();
    expect(failed.isThere).toBe(true);
    expect(failed.said).toMatch(
      new RegExp(`\nThe console can't be built: .*${reason}.*\nIt is the one that was built`),
    );
    expect(readFileSync(page, 'utf8')).toBe(before);
    expect(readdirSync(join(checkout, 'dist'))).toEqual(['console']);
  }
  rmSync(join(checkout, 'dist'), { recursive: true });
  rmSync(join(checkout, 'node_modules'));
  expect(await build()).toEqual({
    isThere: false,
    said: expect.stringMatching(/: vite is not installed here\. Run "npm ci"\.\nIt is left out\./),
  });

  // An installed package has no sources to build from.
  rmSync(join(checkout, 'console'), { recursive: true });
  expect(await build()).toEqual({ isThere: false, said: '' });
  mkdirSync(join(checkout, 'dist', 'console'), { recursive: true });
  writeFileSync(page, before);
  expect(await build()).toEqual({ isThere: true, said: '' });
});

async function linesOfDev(env: Record<string, string>): Promise<string> {
  const terminal = new TestTerminal({ ...environment(temporaryFolder()), AUTH_SECRET: '', ...env });
  await dev(terminal);
  return terminal.lines.join('\n');
}

it('OPS3.3 dev prints first of all a link that opens the console signed in, for a browser on this machine', async () => {
  const text = await linesOfDev({ HOST: '0.0.0.0' });
  const token = /^ {2}(eyJ\S+)$/m.exec(text)![1]!;
  const [first] = /^ {2}\S+ +http\S+$/m.exec(text)!;
  expect(first).toMatch(/^ {2}Console {4}http:\/\/127\.0\.0\.1:\d+\/console#token=\S+$/);
  expect(first.endsWith(`#token=${token}`)).toBe(true);
  expect(text).not.toContain('//0.0.0.0');
});

it('OPS3.3 dev warns if other machines reach it, and then gives no page a token', async () => {
  const pages: string[] = [];
  const interrupted = async () => {
    const find = () => /GraphiQL +(http\S+)/.exec(open.lines.join('\n'))?.[1];
    // Asked for before the gateway has begun.
    await expect.poll(find).toBeDefined();
    const page = find()!;
    pages.push(await (await fetch(page, { headers: { accept: 'text/html' } })).text());
  };
  const env = { ...environment(temporaryFolder()), AUTH_SECRET: '', HOST: '0.0.0.0' };
  const open = new TestTerminal(env, interrupted);
  await dev(open);
  expect(pages.map((page) => [page.includes('Bearer <token>'), page.includes('Bearer eyJ')])).toEqual([[true, false]]);
  expect(open.lines.join('\n')).toMatch(
    /! It listens on 0\.0\.0\.0, so other machines reach it: [^]*GraphiQL is not signed in/,
  );
  expect(await linesOfDev({ HOST: 'localhost' })).not.toContain('! ');
  // A setting of blanks is left out.
  const told = await linesOfDev({ HOST: ' ', RETENTION_DAY: '3' });
  expect(told.match(/^ {2}! .*$/gm)).toEqual([expect.stringContaining('RETENTION_DAY: there is no such setting')]);
});

it('OPS3.3 dev prints lines to try that a shell takes as they are, wherever the log is', async () => {
  const url = `sqlite:${join(temporaryFolder(), "Ana's data", 'hookcast.db')}`;
  const text = await linesOfDev({ DATABASE_URL: url, SOURCES: 'eduzz' });
  const line = /^ {2}(DATABASE_URL=.*) npm run send -- eduzz --url \S+$/m.exec(text)![1]!;
  const told = execFileSync('sh', ['-c', `${line} sh -c 'printf %s "$DATABASE_URL"'`], { encoding: 'utf8' });
  expect(told).toBe(url);
});

it('OPS3.3 dev prints the link without a token if it can’t make one, and no link without a console', async () => {
  const foreign = await linesOfDev({
    AUTH_JWKS_URL: 'https://login.example/jwks',
    AUTH_ISSUER: 'https://login.example',
  });
  expect(foreign).toMatch(/^ {2}Console {4}http:\/\/127\.0\.0\.1:\d+\/console$/m);
  expect(await linesOfDev({ CONSOLE: 'off' })).not.toMatch(/console/i);
});
