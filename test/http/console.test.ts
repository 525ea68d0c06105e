import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Gateway, createGateway } from '../../src/gateway.ts';
import { readConsole } from '../../src/http/console-files.ts';
import { encodingFor } from '../../src/http/encoding.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { newFolder } from '../support/package.ts';

const BUILT = fileURLToPath(new URL('../../dist/console', import.meta.url));
const page = readFileSync(join(BUILT, 'index.html'));
const asset = (ending: string) =>
  `/console/assets/${readdirSync(join(BUILT, 'assets')).find((name) => name.endsWith(ending))}`;

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let gateway: Gateway;
const folder = newFolder();
beforeAll(async () => {
  gateway = await createGateway(readConfig(environment(folder)), { logger: pino({ level: 'silent' }) });
  await gateway.listen();
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true });
});

/** Sends the path unchanged: `fetch` would normalize it, and unpack the answer. */
function ask({ url }: { readonly url: string }, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { port } = new URL(url);
  return new Promise<Answer>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

it('CON7.1 serves the page to anybody, at its address and at all of its pages’', async () => {
  for (const path of ['/console', '/console/', '/console/live', '/console/history?source=eduzz', '/console/a/b/']) {
    const { status, headers, body } = await ask(gateway, path);
    expect([path, status, headers['content-type']]).toEqual([path, 200, 'text/html; charset=utf-8']);
    expect(body).toEqual(page);
    expect(headers['cache-control']).toBe('no-cache');
  }
  for (const ending of ['.js', '.css']) {
    const { status, headers, body } = await ask(gateway, asset(ending));
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/(javascript|css); charset=utf-8$/);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(body).toEqual(readFileSync(join(BUILT, asset(ending).slice('/console/'.length))));
  }
});

it('CON7.2 lets the page load nothing from elsewhere, run only its own script, and be shown in no frame', async () => {
  for (const path of ['/console', asset('.js'), '/console/none.js']) {
    const { headers } = await ask(gateway, path);
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]),
    );
    expect(policy).toEqual(expect.arrayContaining(["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]));
    expect(policy).toEqual(expect.arrayContaining(["require-trusted-types-for 'script'", "trusted-types 'none'"]));
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['permissions-policy']).toMatch(/camera=\(\).*geolocation=\(\).*microphone=\(\)/);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers).not.toHaveProperty('set-cookie');
  }
});

it('CON7.3 serves what was built and no other file, however its path is written', async () => {
  const paths = [
    '/console/../package.json',
    '/console/%2e%2e/package.json',
    '/console/..%2fpackage.json',
    '/console/assets/../../cli.js',
    '/console/assets/../index.html',
    '/console/%2e%2e',
    '/console/..',
    '/console//etc/passwd.txt',
    '/console/C:\\windows\\win.ini',
    '/console/..\\package.json',
    '/console/assets/none-12345678.js',
    '/console/__proto__.js',
    '/consoles',
    '/console.html',
  ];
  for (const path of paths) {
    const { status, headers, body } = await ask(gateway, path);
    expect([path, status, headers['content-type']]).toEqual([path, 404, 'application/problem+json']);
    expect(body.toString()).toContain('NOT_FOUND');
    expect(headers['cache-control']).toMatch(/^no-(?:cache|store)$/);
  }
  // Names of members of every object are pages, as any other word is.
  for (const path of ['/console/constructor', '/console/__proto__']) {
    expect((await ask(gateway, path)).body).toEqual(page);
  }
});

it('CON7.3 can only be read', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    const { status, headers } = await ask(gateway, '/console', {}, method);
    expect([method, status, headers.allow]).toEqual([method, 405, 'GET, HEAD']);
  }
  const [head, get] = [await ask(gateway, '/console/live', {}, 'HEAD'), await ask(gateway, '/console/live')];
  expect(head.status).toBe(200);
  expect(head.body).toHaveLength(0);
  for (const name of ['content-length', 'content-type', 'etag', 'vary', 'content-security-policy']) {
    expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
  }
});

it('CON7.3 sends each file compressed as its reader takes it, and says when it has not changed', async () => {
  const script = asset('.js');
  const plain = await ask(gateway, script);
  const tags = new Set([plain.headers.etag]);
  const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
  for (const encoding of ['br', 'gzip'] as const) {
    const { headers, body } = await ask(gateway, script, { 'accept-encoding': encoding });
    expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
    expect(headers['content-length']).toBe(String(body.length));
    expect(unpack[encoding](body)).toEqual(plain.body);
    tags.add(headers.etag);
    for (const asked of [headers.etag!, `"other", W/${headers.etag}`, '*']) {
      const again = await ask(gateway, script, { 'accept-encoding': encoding, 'if-none-match': asked });
      expect([asked, again.status, again.body.length]).toEqual([asked, 304, 0]);
      expect(again.headers.etag).toBe(headers.etag);
      expect(again.headers['cache-control']).toBe(headers['cache-control']);
      expect(again.headers.vary).toBe('accept-encoding');
    }
    // As other bytes it is another thing.
    expect((await ask(gateway, script, { 'if-none-match': headers.etag! })).status).toBe(200);
  }
  expect(tags.size).toBe(3);
});

const accepted: [accept: string | undefined, encoding: string | null][] = [
  [undefined, null],
  ['', null],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip, deflate', 'gzip'],
  ['GZIP;Q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br; q=0.0, *;q=0.1', 'gzip'],
  ['*', 'br'],
  ['identity', null],
  ['br;q=nonsense, gzip;q=-1', null],
  ['brr, xgzip', null],
];
it.each(accepted)('CON7.3 takes %j for %j', (accept, encoding) => {
  expect(encodingFor(accept)).toBe(encoding);
});

it('CON7.3 keeps for good only what has a hash in its name, and serves only what a page is made of', () => {
  const folder = temporaryFolder();
  expect(readConsole(folder)).toBeNull();
  expect(readConsole(join(folder, 'none'))).toBeNull();
  mkdirSync(join(folder, 'assets'));
  const names = ['index.html', 'icon.svg', 'assets/main-D8tVZ_-c.js', 'assets/plain.js'];
  for (const name of [...names, 'assets/main-D8tVZ_-c.js.map', '.secret', 'notes']) {
    writeFileSync(join(folder, name), name);
  }
  const files = readConsole(folder)!;
  expect([...files.keys()].toSorted()).toEqual(names.toSorted());
  expect([...files].filter(([, { isHashed }]) => isHashed).map(([name]) => name)).toEqual(['assets/main-D8tVZ_-c.js']);
});

it('CON7.3 answers as if there were no console when CONSOLE is off', async () => {
  const without = await TestGateway.start({ env: { CONSOLE: 'off' } });
  const nothing = await ask(without, '/nothing');
  for (const path of ['/console', '/console/live', asset('.js')]) {
    const { status, headers, body } = await ask(without, path);
    expect(status).toBe(404);
    expect(Object.keys(headers).toSorted()).toEqual(Object.keys(nothing.headers).toSorted());
    expect(JSON.parse(body.toString()).detail).toBe(JSON.parse(nothing.body.toString()).detail);
  }
});

it('OPS3.3 goes on without a console that was not built, and says in a line what to do', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
  const surroundings = { logger, consoleFiles: null };
  for (const [setting, said] of [
    ['on', [expect.stringMatching(/"level":40.*\/console answers 404\. Run \\"npm run build\\"/)]],
    ['off', []],
  ] as const) {
    lines.splice(0);
    const config = readConfig({ ...environment(temporaryFolder()), CONSOLE: setting });
    const gateway = await createGateway(config, surroundings);
    onTestFinished(() => gateway.close());
    await gateway.listen();
    expect(lines).toEqual(said);
    expect((await fetch(`${gateway.url}/console`)).status).toBe(404);
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
  }
});
