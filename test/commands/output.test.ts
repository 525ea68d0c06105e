import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { closeSync, constants, copyFileSync, existsSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createLogger } from '../../src/commands/logger.ts';
import { LineWriter, type TextSink } from '../../src/commands/line-writer.ts';
import { ProcessTerminal } from '../../src/commands/process-terminal.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { ticket } from '../fixtures/eduzz.ts';
import { CACHE, PROGRAM, hookcast } from '../support/child.ts';
import { atEnd } from '../support/ending.ts';
import { environment, makeToken, receipt, signedAsEduzz, temporaryFolder } from '../support/gateway.ts';
import { scrape } from '../support/metrics.ts';
import { thoroughly } from '../support/thorough.ts';

/** A gateway that writes to a pipe. Only the line that says where it listens is read. */
async function unread(): Promise<{ child: ChildProcess; url: string; close: () => void }> {
  const folder = temporaryFolder();
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  // One end alone would wait for the other.
  const pipe = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  const child = hookcast(['serve'], { ...environment(folder), LOG_LEVEL: 'info' }, folder, undefined, pipe);
  const bytes = Buffer.alloc(8_192);
  let said = '';
  await expect
    .poll(() => {
      try {
        said += bytes.toString('latin1', 0, readSync(pipe, bytes));
      } catch {
        // Nothing is there yet.
      }
      return said;
    })
    .toContain('"listening"');
  return { child, url: /"url":"(http:[^"]+)"/.exec(said)![1]!, close: () => closeSync(pipe) };
}

/** Refused deliveries, each a line of 250 bytes: more than a pipe's 64 kB. */
async function fillPipe(url: string): Promise<void> {
  const one = async () => {
    for (let left = 40; left > 0; left -= 1) {
      await (await fetch(`${url}/webhooks/eduzz`, { method: 'POST', body: '{}' })).text();
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
}

it('OPS1.5 ends in time after a drain, also if its output is not read', async () => {
  const { child, url } = await unread();
  await fillPipe(url);
  const { status } = await receipt(
    await fetch(`${url}/webhooks/eduzz`, {
      method: 'POST',
      ...(signedAsEduzz(JSON.stringify(ticket('t1'))) as RequestInit),
    }),
  );
  expect(status).toBe(200);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

it('OPS1.5 ends with its error if it cannot start, also if that is not read', async () => {
  const folder = temporaryFolder();
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const pipe = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  expect(() => {
    for (;;) writeSync(pipe, Buffer.alloc(65_536, 'x'));
  }).toThrow('EAGAIN');
  const env = { PATH: process.env['PATH'] ?? '', ...CACHE, ...environment(folder), HTTP_KEEP_ALIVE_MS: 'long' };
  for (const command of ['serve', 'dev', 'export']) {
    const stdio = ['ignore', pipe, pipe] as const;
    const child = spawn(process.execPath, [...PROGRAM, command], { env, cwd: folder, stdio: [...stdio] });
    atEnd(() => void child.kill('SIGKILL'));
    expect(await once(child, 'exit'), command).toEqual([1, null]);
  }
  closeSync(pipe);
});

/** A process as far as a terminal needs it: a real one would take half a minute. */
function processAt(exit: (code: number) => void): NodeJS.Process {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  return Object.assign(new EventEmitter(), { env: {}, exit, ...streams }) as unknown as NodeJS.Process;
}

it.each([
  ['a gateway, whose deliveries are on the disk,', 0, 0],
  ['any other command, which is not done,', undefined, 1],
] as const)('OPS1.5 ends %s half a minute after the signal, and with its own code', (_what, late, code) => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const codes: number[] = [];
  const own = processAt((given) => void codes.push(given));
  void new ProcessTerminal(own).interrupted(late);
  (own as EventEmitter).emit('SIGTERM', 'SIGTERM', 15);
  vi.advanceTimersByTime(29_499);
  expect(codes).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(codes).toEqual([code]);
});

it('OPS8.4 goes on if the reader of its output is gone', async () => {
  const { child, url, close } = await unread();
  close();
  await fillPipe(url);
  expect((await scrape({ url })).get('hookcast_log_up')).toBe(1);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

it('OPS3.13 every command ends quietly if its output is not read', async () => {
  const folder = temporaryFolder();
  const log = new SqliteLog(join(folder, 'hookcast.db'));
  for (let number = 0; number < 50; number += 1) {
    await log.quarantine.keep({
      provider: 'eduzz',
      source: 'eduzz',
      type: null,
      eventId: null,
      tenant: null,
      digest: `d${number}`,
      issues: [{ path: 'data', message: 'expected an object' }],
      payload: '{"a":1}',
      values: [],
      receivedAt: Date.now(),
    });
  }
  await log.close();
  const env = environment(folder);
  const quick = [['quarantine', 'list'], ['--help'], ['nonsense']];
  const commands = thoroughly([...quick, ['schema'], ['token', '--tenant', '*'], ['check']], quick);
  for (const args of commands) {
    const child = hookcast(args, env);
    child.stdout!.destroy();
    const stderr = text(child.stderr!);
    const [code] = (await once(child, 'exit')) as [number];
    const isRight = args[0] !== 'nonsense';
    expect({ args, code, isQuiet: !(await stderr).includes('EPIPE') }).toEqual({
      args,
      code: isRight ? 0 : 1,
      isQuiet: true,
    });
    if (isRight) expect(await stderr, args[0]).toBe('');
  }
});

it.runIf(existsSync('/dev/full'))('OPS3.13 a command fails if a disk does not take all that it prints', async () => {
  const folder = temporaryFolder();
  const env = { PATH: process.env['PATH'] ?? '', ...CACHE, ...environment(folder) };
  // A full disk takes nothing, and one that becomes full takes the beginning of a text.
  const disks = [
    ['exec "$@" > /dev/full', 'ENOSPC'],
    ['ulimit -f 1; exec "$@" > beginning', 'EFBIG'],
  ] as const;
  for (const [disk, code] of disks) {
    const child = spawn('sh', ['-c', disk, 'sh', process.execPath, ...PROGRAM, 'schema'], { env, cwd: folder });
    atEnd(() => void child.kill('SIGKILL'));
    const stderr = text(child.stderr);
    expect(await once(child, 'exit'), disk).toEqual([1, null]);
    expect(await stderr).toBe(
      `hookcast: standard output can't be written (${code}), so a part of what this command says is missing.\n`,
    );
  }
});

it('OPS3.13 a command that is run on another Node ends as it does there, if nobody reads that npm fetches it', async () => {
  const folder = temporaryFolder();
  const file = (name: string, content: string) => writeFileSync(join(folder, name), content);
  copyFileSync(new URL('../../src/launch.ts', import.meta.url), join(folder, 'launch.ts'));
  file('package.json', '{"type":"module"}');
  file('needed-node.ts', 'export const NEEDED_NODE = "99.0";\nexport const isEnough = () => false;\n');
  // The place of npm: nothing is in its cache, and then it has fetched this Node.
  file('npm-cli.js', `if (process.argv.includes('--offline')) process.exit(1);\nconsole.log(process.execPath);\n`);
  file('cli.js', 'setTimeout(() => process.exit(7), 300);\n');
  const env = { PATH: process.env['PATH'] ?? '', npm_execpath: join(folder, 'npm-cli.js') };
  const child = spawn(process.execPath, [join(folder, 'launch.ts')], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  atEnd(() => void child.kill('SIGKILL'));
  child.stderr.destroy();
  expect(await once(child, 'exit')).toEqual([7, null]);
});

/** A gateway whose lists have no end, and how many pages it was asked for. */
async function endless(): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const issues = [{ path: 'x'.repeat(200) }];
  const node = { id: '1', receivedAt: new Date(0), source: 'eduzz', type: null, erasedAt: null, issues };
  const more = { size: 1, sender: 'a', expiresAt: new Date(0), at: new Date(0), action: 'ISSUE', osUser: 'a' };
  const edges = Array.from({ length: 100 }, () => ({
    node: { ...node, ...more, operation: null, target: null, count: null },
  }));
  const page = { edges, pageInfo: { hasNextPage: true, endCursor: 'on' } };
  const answer = JSON.stringify({ data: { quarantine: page } });
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      asked += 1;
      const field = /\b(quarantine|refused|audit)\(/.exec(body)?.[1];
      const tokens = JSON.stringify({ data: { tokens: [] } });
      response.end(field === undefined ? tokens : answer.replace('quarantine', field));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

it.each(['quarantine list', 'refused list', 'audit'])(
  'OPS3.13 a list without end waits for its reader and ends with it: %s',
  async (command) => {
    const { url, asked } = await endless();
    const env = { HOOKCAST_URL: url, HOOKCAST_TOKEN: await makeToken(), HOOKCAST_PLAIN_HTTP: 'on' };
    const child = hookcast(command.split(' '), env, temporaryFolder());
    const stderr = text(child.stderr!);
    await expect.poll(asked).toBeGreaterThan(1);
    const askedMeanwhile = async () => {
      const before = asked();
      await setTimeout(300);
      return asked() - before;
    };
    await expect.poll(askedMeanwhile).toBe(0);
    const before = asked();
    child.stdout!.resume();
    await expect.poll(asked).toBeGreaterThan(before + 10);
    child.stdout!.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await stderr).toBe('');
  },
);

/** A reader that takes what it is given when it is told to. */
function slowReader(): { sink: TextSink; taken: string[]; take: (error?: Error) => void } {
  const taken: string[] = [];
  let take = (_error?: Error): void => {};
  const write: TextSink['write'] = (text, done) => {
    take = (error) => {
      if (!error) taken.push(text);
      done(error ?? null);
    };
  };
  return { sink: { write, last: (text) => void taken.push(text) }, taken, take: (error) => take(error) };
}

it('OPS6.6 keeps a bounded number of lines while its output is not read, drops further ones, and says how many', async () => {
  const { sink, taken, take } = slowReader();
  const outlet = new LineWriter(sink, 1_000);
  const logger = createLogger('info', outlet);
  for (let number = 0; number < 100; number += 1) logger.info({ number }, 'a line');
  await expect.poll(() => (take(), taken.length)).toBe(2);
  const lines = taken.join('').trimEnd().split('\n');
  const kept = lines.filter((line) => line.includes('a line'));
  expect(taken.join('').length).toBeLessThan(1_200);
  expect(kept.length).toBeGreaterThan(3);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ level: 40, lines: 100 - kept.length });
  // All of it was taken, so there is nothing to wait for.
  await outlet.end(60_000);
});

it('OPS6.6 writes its last lines, and waits a bounded time for the rest', async () => {
  const { sink, taken, take } = slowReader();
  const outlet = new LineWriter(sink);
  outlet.write('first\n');
  await expect.poll(() => (take(new Error('no space left')), outlet.end(0).then(() => true))).toBe(true);
  outlet.write('second\n');
  outlet.flushLast();
  expect(taken).toEqual(['second\n']);
  outlet.write('third\n');
  await outlet.end(1);
});

it('OPS8.4 goes on when its log lines can’t be written, on a full disk', async () => {
  const folder = temporaryFolder();
  const full = openSync('/dev/full', 'w');
  // It can't say where it listens, so it has an address of its own.
  const { pid } = process;
  const HOST = `127.${1 + ((pid >> 16) & 0x7f)}.${(pid >> 8) & 0xff}.${pid & 0xff}`;
  const env = { ...environment(folder), LOG_LEVEL: 'info', HOST, PORT: '4000' };
  const child = hookcast(['serve'], env, folder, undefined, full);
  closeSync(full);
  const url = `http://${HOST}:4000`;
  await expect
    .poll(() =>
      fetch(`${url}/readyz`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
  await fillPipe(url);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

it('OPS6.6 writes a line that comes alone at once, and those that come soon after another together', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] });
  try {
    const taken: string[] = [];
    const outlet = new LineWriter({ write: (text, done) => (taken.push(text), done()), last: () => {} });
    outlet.write('a');
    vi.advanceTimersByTime(0);
    expect(taken).toEqual(['a']);
    for (const line of ['b', 'c', 'd']) {
      outlet.write(line);
      vi.advanceTimersByTime(3);
    }
    expect(taken).toEqual(['a']);
    vi.advanceTimersByTime(1);
    expect(taken).toEqual(['a', 'bcd']);
    vi.advanceTimersByTime(1_000);
    outlet.write('e');
    vi.advanceTimersByTime(0);
    outlet.write('f');
    // A process that is ending waits for no more lines.
    void outlet.end(1_000);
    expect(taken).toEqual(['a', 'bcd', 'e', 'f']);
  } finally {
    vi.useRealTimers();
  }
});
