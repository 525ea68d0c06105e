import { connect } from 'node:net';
import { join } from 'node:path';
import { GatewayProcess } from '../support/child.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { Dice } from './dice.ts';
import type { Fault, Options } from './fault.ts';
import { countRows } from './ledger.ts';
import { Memory } from './memory.ts';
import { mutateBytes } from './mutate.ts';
import { SOURCES, bytesOf, manySources, payloadOf, signedAs } from './samples.ts';

const AT_ONCE = 32;
const BATCH = 200;
/** How long an answer is waited for before the socket is closed, in milliseconds: some requests never end. */
const PATIENCE = 150;

/** Heads of requests that no HTTP client would send. */
export const fuzzHeaders: Fault = {
  name: 'fuzz-headers',
  what: 'mutated request heads over raw sockets',
  unit: 'requests',
  runs: 20_000,
  run,
};

interface Made {
  readonly bytes: Buffer;
  /** Whether a reader of HTTP may find the body in it under its own signature. */
  readonly mayBeTaken: boolean;
}

async function run({ seed, runs, findings, progress }: Options): Promise<void> {
  const folder = temporaryFolder();
  const gateway = await GatewayProcess.start(manySources(folder));
  const memory = new Memory(gateway.pid);
  const port = Number(new URL(gateway.url).port);
  let [accepted, unanswered] = [0, 0];

  const send = async (number: number) => {
    const made = make(Dice.of(seed, number), number);
    const answer = await exchange(port, made.bytes);
    const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
    const said = () => `request ${number} was answered ${answer.slice(0, 300)}`;
    if (statuses.length === 0) findings.count('no answer');
    for (const status of statuses) {
      findings.count(String(status));
      findings.expect(status < 500 || status === 503, 'IN5', said);
    }
    const taken = [...answer.matchAll(/"status":"accepted"/g)].length;
    accepted += taken;
    // A request whose answer nobody waited for may have been taken all the same.
    if (statuses.length === 0 && made.mayBeTaken) unanswered += 1;
    findings.expect(taken === 0 || made.mayBeTaken, 'IN2', () => `${said()} and was not signed`);
  };

  for (let done = 0; done < runs && gateway.isRunning;) {
    const end = Math.min(runs, done + BATCH);
    const work = async () => {
      while (done < end) await send((done += 1) - 1);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const { events } = countRows(join(folder, 'hookcast.db'));
    const isExact = events >= accepted && events <= accepted + unanswered;
    findings.expect(
      isExact,
      'IN2',
      () => `after ${done} there are ${events} events, and ${accepted} were acknowledged`,
    );
    const alive = await fetch(`${gateway.url}/livez`).then(
      ({ status }) => status,
      () => 0,
    );
    findings.expect(alive === 200, 'IN5', () => `/livez says ${alive} after ${done}`);
    const rss = memory.sample();
    if (done % (10 * BATCH) === 0) progress(`${done} requests, ${Math.round(rss)} MB`);
  }
  memory.expectFlat(findings);
  findings.expect(gateway.isRunning, 'IN5', () => `the gateway ended: ${gateway.stderr}`);
  findings.expect(gateway.errors.length === 0, 'IN5', () => `an error of ours: ${gateway.errors[0]}`);
  const code = await gateway.end('SIGTERM');
  findings.expect(code === 0, 'OPS1', () => `it ended with ${code}: ${gateway.stderr}`);
}

function exchange(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const timer = setTimeout(() => socket.destroy(), PATIENCE);
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      // A connection that is kept alive would wait for the next request.
      timer.refresh();
      if (/\r\n\r\n[^]*\}$/.test(answer)) setTimeout(() => socket.destroy(), 20);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

function make(dice: Dice, number: number): Made {
  const source = dice.pick(SOURCES);
  const { headers, body } = signedAs(source, bytesOf(source, payloadOf(source, `${source}-${number}`, dice)));
  const lines: [string, string][] = [['host', 'a'], ...Object.entries(headers)];
  const request = { method: 'POST', path: `/webhooks/${source}`, version: 'HTTP/1.1' };
  let content: Buffer = body;
  let isForged = false;
  let length: string | null = String(body.length);
  const change = (name: RegExp, to: (value: string) => string) => {
    const at = lines.findIndex(([header]) => name.test(header));
    if (at !== -1) lines[at] = [lines[at]![0], to(lines[at]![1])];
  };
  const signature = /signature|256$/;
  switch (dice.below(16)) {
    case 0: {
      // An upper case signature is as good; the others are nobody's.
      const value = lines.find(([header]) => signature.test(header))?.[1] ?? '';
      const other = dice.pick([value.slice(1), `${value}0`, `é${value}`, value.toUpperCase(), `"${value}"`, '']);
      change(signature, () => other);
      isForged = source !== 'wix' && other.toLowerCase() !== value.toLowerCase();
      break;
    }
    case 1: {
      const at = lines.findIndex(([header]) => signature.test(header));
      if (at !== -1) lines.push([lines[at]![0], dice.pick([lines[at]![1], '', 'v1=00'])]);
      break;
    }
    case 2:
      length = dice.pick([
        '0',
        '-1',
        '+5',
        '1e3',
        '0x10',
        ' 12 ',
        '99999999999999999999',
        String(body.length - 1),
        String(body.length + 1),
        '262145',
        '',
      ]);
      break;
    case 3:
      lines.push(['content-length', String(body.length + dice.between(-3, 3))]);
      break;
    case 4:
      length = null;
      lines.push([
        'transfer-encoding',
        dice.pick(['chunked', 'Chunked', 'chunked, chunked', 'identity', 'gzip, chunked', 'xchunked', 'chunked\u000b']),
      ]);
      content = chunked(body, dice);
      break;
    case 5:
      lines.push(['transfer-encoding', 'chunked']);
      content = dice.chance(0.5) ? chunked(body, dice) : body;
      break;
    case 6:
      lines.push(['content-encoding', dice.pick(['gzip', 'br', 'identity', 'identity, gzip', '', 'é'])]);
      break;
    case 7:
      change(/^content-type$/, () =>
        dice.pick([
          '',
          'text/html',
          'application/json; charset=utf-16',
          'multipart/form-data; boundary=x',
          'é/é',
          'a'.repeat(20_000),
        ]),
      );
      break;
    case 8:
      lines.push(
        ...Array.from({ length: dice.pick([50, 500, 3_000]) }, (_, index): [string, string] => [`x-${index}`, 'y']),
      );
      break;
    case 9:
      lines.push(['x-long', 'z'.repeat(dice.pick([8_000, 16_384, 100_000]))]);
      break;
    case 10:
      request.method = dice.pick([
        'GET',
        'PUT',
        'HEAD',
        'OPTIONS',
        'TRACE',
        'CONNECT',
        'PRI',
        'post',
        'P\u0000ST',
        'DELETE',
        'M-SEARCH',
      ]);
      break;
    case 11:
      request.path = dice.pick([
        `${request.path}/`,
        `${request.path}?a=b`,
        `http://elsewhere.example${request.path}`,
        `//${request.path}`,
        '/webhooks/__proto__',
        '/webhooks/constructor',
        '/webhooks/%65duzz',
        `/webhooks/${'a'.repeat(9_000)}`,
        '/webhooks/\u0000',
        '/../webhooks/eduzz',
        '*',
        '/graphql',
        '/metrics',
        '/readyz',
        '',
      ]);
      break;
    case 12:
      request.version = dice.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/1.2', 'http/1.1', '']);
      break;
    case 13:
      lines.push(
        ...dice.pick<[string, string][]>([
          [['expect', '100-continue']],
          [['expect', 'nothing']],
          [
            ['connection', 'Upgrade'],
            ['upgrade', 'websocket'],
            ['sec-websocket-version', dice.pick(['13', '0', 'x'])],
            ['sec-websocket-key', dice.pick(['', 'AAAA', 'x'.repeat(24)])],
          ],
          [
            ['connection', 'Upgrade'],
            ['upgrade', 'h2c'],
          ],
          [['connection', 'close, x-signature, host']],
          [
            ['te', 'trailers'],
            ['trailer', 'x-signature'],
          ],
          [
            ['x-forwarded-for', '1.2.3.4, é'],
            ['forwarded', 'for=;;;'],
          ],
          [['host', 'other.example']],
        ]),
      );
      break;
    case 14: {
      // A second request behind the first, which may or may not be part of its body.
      const hidden = Buffer.from('GET /livez HTTP/1.1\r\nhost: a\r\n\r\n');
      content = Buffer.concat([body, hidden]);
      break;
    }
    default:
      break;
  }
  if (length !== null) lines.push(['content-length', length]);
  const head = `${request.method} ${request.path} ${request.version}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  let bytes = Buffer.concat([Buffer.from(head, 'latin1'), content]);
  if (dice.chance(0.3)) {
    const end = head.length;
    bytes = Buffer.concat([mutateBytes(bytes.subarray(0, end), dice), bytes.subarray(end)]);
  }
  return { bytes, mayBeTaken: !isForged };
}

function chunked(body: Buffer, dice: Dice): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const size = Math.min(dice.between(1, 400), body.length - at);
    const said = dice.chance(0.05)
      ? dice.pick(['-1', 'zz', '', 'ffffffffffffffff', `${size.toString(16)};x=${'y'.repeat(9_000)}`])
      : size.toString(16);
    parts.push(Buffer.from(`${said}\r\n`), body.subarray(at, at + size), Buffer.from('\r\n'));
    at += size;
  }
  if (dice.chance(0.9)) parts.push(Buffer.from(dice.chance(0.3) ? '0\r\nx-signature: 00\r\n\r\n' : '0\r\n\r\n'));
  return Buffer.concat(parts);
}
