import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../src/commands/logger.ts';
import { LineWriter } from '../../src/commands/line-writer.ts';
import { lineOf, visible } from '../../src/visible.ts';
import { attendanceCanceled, eduzzEvent } from '../fixtures/eduzz.ts';
import { wixClaims } from '../fixtures/wix.ts';
import { run } from '../support/child.ts';
import { EDUZZ_SECRET, TestGateway, environment, signedAsEduzz, temporaryFolder } from '../support/gateway.ts';
import { scrapeText } from '../support/metrics.ts';
import { call } from '../support/terminal.ts';

/** What colours, clears, renames the window, rings, goes back, turns text round and begins another line and column. */
const HOSTILE = 'a\u001b[31m\u009b2J\u001b]0;b\u0007\u007f\b\u202ec\u2066d\u200e\u061c\u2028e\tf\ng\u0000h';
/** A terminal acts on these. Lines and columns that a command makes are its own. */
const ACTED_ON = /[^\P{Cc}\n\t]|\p{Bidi_Control}|[\u2028\u2029]/u;

it('OPS3.14 writes out what a terminal would act on, as JSON does, and nothing else', () => {
  const all = Array.from({ length: 0x21_00 }, (_, code) => String.fromCharCode(code)).join('');
  expect(visible(all).match(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu)).toBeNull();
  expect(visible('\u001b\u007f\u0085\u202e')).toBe('\\u001b\\u007f\\u0085\\u202e');
  const plain = 'Noite de Choro — Aula de cerâmica, 東京, مرحبا 🎟️ \\u001b';
  expect(visible(plain)).toBe(plain);
  const json = JSON.stringify({ [HOSTILE]: [all, plain] });
  expect(JSON.parse(visible(json))).toEqual({ [HOSTILE]: [all, plain] });
  expect(lineOf(['one', HOSTILE, 'three']).split('\t')).toHaveLength(3);
});

it('OPS3.14 writes out what a provider says in lines of the log of serve and dev', async () => {
  let said = '';
  const outlet = new LineWriter({ write: (text, done) => ((said += text), done()), last: () => {} });
  const logger = createLogger('info', outlet);
  logger.info({ type: HOSTILE, err: new Error(HOSTILE) }, HOSTILE);
  logger.info('another');
  await expect.poll(() => said).toContain('another');
  expect(said).not.toMatch(ACTED_ON);
  const lines = said.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ type: HOSTILE, msg: HOSTILE }, { msg: 'another' }]);
});

it('OPS3.14 prints nothing that a terminal would act on by any command, nor as a metric', async () => {
  const folder = temporaryFolder();
  const gateway = await TestGateway.start({ folder });
  const odd = attendanceCanceled({ id: HOSTILE });
  expect(await gateway.eduzz(odd)).toMatchObject({ body: { status: 'accepted' } });
  const unfit = wixClaims({ id: { of: 'Ana' } }, { eventType: HOSTILE });
  expect(await gateway.wix(unfit)).toMatchObject({ body: { status: 'quarantined' } });
  for (const fields of [{}, { novel: 1 }]) {
    expect(await gateway.eduzz(eduzzEvent(HOSTILE, fields))).toMatchObject({ body: { status: 'accepted' } });
  }
  const metrics = await scrapeText(gateway);
  expect(metrics).toContain('hookcast_drift_total{source="eduzz",type="');
  expect(metrics).not.toMatch(ACTED_ON);
  await gateway.close();

  const env = environment(folder);
  const capture = join(folder, 'capture');
  const { headers, body } = signedAsEduzz(JSON.stringify(odd), EDUZZ_SECRET);
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
  writeFileSync(capture, `${head.join('')}\n${body}`);
  const shown = visible(HOSTILE);
  const commands: readonly (readonly string[])[] = [
    ['quarantine', 'list'],
    ['quarantine', 'show', '1', '--payload'],
    ['drift'],
    ['verify', 'eduzz', capture],
    ['erase', '--email', 'iara@ficticia.example', '--yes'],
    ['check'],
  ];
  // A process prints by the same lines; one shows that nothing else gets out of it.
  const printed: { args: readonly string[]; code: number | null; stdout: string; stderr: string }[] = [];
  for (const args of commands) {
    const done = printed.length === 0 ? run(args, env, folder) : call(args, env);
    printed.push({ args, ...(await done) });
  }
  for (const { args, code, stdout, stderr } of printed) {
    expect([args, code, stderr]).toEqual([args, 0, '']);
    expect(stdout).not.toMatch(ACTED_ON);
    if (args[0] !== 'check')
      expect(stdout).toContain(args[0] === 'verify' ? '\\u001b[31m\\u009b2J' : shown.slice(0, 20));
  }
  // Not one line or column more than there are.
  const [list] = printed;
  expect(
    list!.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t').length),
  ).toEqual([5]);
});

it('OPS3.14 prints nothing of a server’s answer or of an error that a terminal would act on', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 400, detail: HOSTILE }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sent = await call(['send', 'eduzz', '--url', url], { EDUZZ_SECRETS: EDUZZ_SECRET });
  expect(sent).toMatchObject({ code: 1, stdout: expect.stringContaining('400 a\\u001b[31m') });
  const missing = await run(
    ['erase', '--source', HOSTILE.replaceAll('\0', ''), '--subject', 'a/b'],
    environment(temporaryFolder()),
  );
  expect(missing.code).toBe(1);
  for (const { stdout, stderr } of [sent, missing]) expect(stdout + stderr).not.toMatch(ACTED_ON);
});
