import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { GatewayProcess } from '../support/child.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { Dice } from './dice.ts';
import type { Fault, Options } from './fault.ts';
import { countRows } from './ledger.ts';
import { Memory } from './memory.ts';
import { mutateBytes, mutateValue } from './mutate.ts';
import { SOURCES, type Signed, type Source, bytesOf, manySources, payloadOf, signedAs } from './samples.ts';

/** Deliveries under way at a time, and how many until the log is counted. */
const AT_ONCE = 16;
const BATCH = 1_000;

/** Bodies like those of providers and unlike them, rightly signed and not. */
export const fuzzBodies: Fault = {
  name: 'fuzz-bodies',
  what: 'mutated deliveries of six providers, signed and forged',
  unit: 'bodies',
  runs: 100_000,
  run,
};

interface Made extends Signed {
  readonly source: Source;
  readonly isForged: boolean;
}

async function run({ seed, runs, findings, progress }: Options): Promise<void> {
  const folder = temporaryFolder();
  const gateway = await GatewayProcess.start(manySources(folder));
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const memory = new Memory(gateway.pid);
  const quarantined = new Set<string>();
  let accepted = 0;

  const send = async (number: number) => {
    const made = make(seed, number);
    for (let attempt = 1; ; attempt += 1) {
      const { status, body } = await post(gateway.url, made, agent);
      const said = () =>
        `body ${number} for ${made.source}${made.isForged ? ', forged,' : ''} was answered ${status} ${body}`;
      // Of a log that is well, once more is enough.
      if (status === 503 && attempt < 3) continue;
      findings.count(`${made.isForged ? 'forged' : 'signed'}: ${status}`);
      findings.expect(status > 0 && status < 500, 'IN5', said);
      const receipt = status === 200 ? (JSON.parse(body) as { status: string; id: string | null }) : null;
      findings.expect(!made.isForged || receipt === null || receipt.status === 'pong', 'IN2', said);
      // Of a token, what was mutated may be when it expires.
      findings.expect(made.isForged || made.source === 'wix' || status !== 401, 'IN4', said);
      if (receipt?.status === 'accepted') accepted += 1;
      if (receipt?.status === 'quarantined') quarantined.add(String(receipt.id));
      return;
    }
  };

  for (let done = 0; done < runs && gateway.isRunning;) {
    const end = Math.min(runs, done + BATCH);
    const work = async () => {
      while (done < end) await send((done += 1) - 1);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const rows = countRows(join(folder, 'hookcast.db'));
    const isExact = rows.events === accepted && rows.quarantined === quarantined.size;
    findings.expect(
      isExact,
      'IN2',
      () =>
        `after ${done} there are ${rows.events} events and ${rows.quarantined} in quarantine, and ${accepted} and ${quarantined.size} were acknowledged`,
    );
    const rss = memory.sample();
    if (done % (10 * BATCH) === 0) progress(`${done} bodies, ${accepted} events, ${Math.round(rss)} MB`);
  }
  agent.destroy();
  findings.note('events', accepted);
  findings.note('in quarantine', quarantined.size);
  memory.expectFlat(findings);
  findings.expect(gateway.isRunning, 'IN5', () => `the gateway ended: ${gateway.stderr}`);
  findings.expect(gateway.errors.length === 0, 'IN5', () => `an error of ours: ${gateway.errors[0]}`);
  const code = await gateway.end('SIGTERM');
  findings.expect(code === 0, 'OPS1', () => `it ended with ${code}: ${gateway.stderr}`);
}

/** The same for the same seed and number. */
function make(seed: number, number: number): Made {
  const dice = Dice.of(seed, number);
  const source = dice.pick(SOURCES);
  const payload = payloadOf(source, `${source}-${number}`, dice);
  let bytes = bytesOf(source, dice.chance(0.5) ? (mutateValue(payload, dice) as Record<string, unknown>) : payload);
  if (dice.chance(0.35)) bytes = mutateBytes(bytes, dice);
  if (dice.chance(0.7)) return { source, isForged: false, ...signedAs(source, bytes) };
  return { source, isForged: true, ...forged(source, bytes, dice) };
}

function forged(source: Source, bytes: Buffer, dice: Dice): Signed {
  const signed = signedAs(source, bytes);
  const name = Object.keys(signed.headers).find((header) => header.endsWith('signature') || header.endsWith('256'));
  switch (dice.below(name ? 5 : 2)) {
    case 0:
      return signedAs(source, bytes, 'another secret, which nobody has configured');
    case 1:
      // Somebody else's body under a good signature.
      return name
        ? { ...signed, body: Buffer.concat([bytes, Buffer.from(' ')]) }
        : { ...signed, body: altered(signed.body, dice) };
    case 2:
      return { ...signed, headers: without(signed.headers, name!) };
    case 3:
      return {
        ...signed,
        headers: { ...signed.headers, [name!]: dice.pick(['', '0', 'v1=', 't=0,v1=00', ',,,', '='.repeat(9_000)]) },
      };
    default:
      return {
        ...signed,
        headers: { ...signed.headers, [name!]: signed.headers[name!]!.replace(/[0-9a-zA-Z](?=.?$|=$)/, 'Z') },
      };
  }
}

/** One bit of a token's claims. */
function altered(token: Buffer, dice: Dice): Buffer {
  const [head = '', payload = '', signature = ''] = token.toString().split('.');
  const bytes = Buffer.from(payload, 'base64url');
  bytes[dice.below(bytes.length)]! ^= 1 << dice.below(7);
  return Buffer.from([head, bytes.toString('base64url'), signature].join('.'));
}

function without(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));
}

async function post(
  url: string,
  { source, headers, body }: Made,
  agent: Agent,
): Promise<{ status: number; body: string }> {
  const delivery = request(`${url}/webhooks/${source}`, { method: 'POST', headers, agent });
  delivery.end(body);
  try {
    const [response] = await once(delivery, 'response');
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode as number, body: text };
  } catch (error) {
    return { status: 0, body: String(error) };
  }
}
