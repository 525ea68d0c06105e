import { statSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { GatewayProcess } from '../support/child.ts';
import { atEnd } from '../support/ending.ts';
import { makeToken, temporaryFolder } from '../support/gateway.ts';
import { Dice } from './dice.ts';
import type { Fault, Options } from './fault.ts';
import type { Findings } from './findings.ts';
import { Follower } from './follower.ts';
import { checkIntegrity } from './ledger.ts';
import { Memory } from './memory.ts';
import { handlesOf, median, percentile } from './process.ts';
import { SOURCES, bytesOf, manySources, payloadOf, signedAs } from './samples.ts';

const SUBSCRIBERS = 100;
const RATE = 200;
/** Deliveries are begun in bundles of a tenth of a second. */
const BEAT = 100;
/** The retention, in milliseconds: so that the log is as long at the end as it was soon after the beginning. */
const KEPT = 3 * 60_000;
/** How long connections may stay that nobody uses any more, in milliseconds; and how many files of the log are opened later. */
const LET_GO = 60_000;
const SPARE = 12;
const MOST_WAL = 64 * 1024 * 1024;
const QUERIES = [
  '{ cancellations(last: 20) { head edges { node { eventId title customer { name } } } } }',
  '{ events(first: 50) { edges { node { eventId tenant { id } } } pageInfo { hasNextPage } } }',
  '{ events(last: 10, filter: { providers: ["stripe"] }) { edges { node { eventId raw } } } }',
];

/** Everything that is usual, for a long time: what grows shows itself. */
export const soak: Fault = {
  name: 'soak',
  what: 'a soak: deliveries, subscribers with churn, queries, erasures, retention',
  unit: 'subscribers',
  runs: SUBSCRIBERS,
  minutes: 20,
  run,
};

async function run(options: Options): Promise<void> {
  const folder = temporaryFolder();
  const path = join(folder, 'hookcast.db');
  const gateway = await GatewayProcess.start(manySources(folder));
  const soaking = new Soaking(gateway, path, options);
  await soaking.run();
  const { findings } = options;
  findings.expect(gateway.isRunning, 'OPS8', () => `the gateway ended: ${gateway.stderr}`);
  // An erasure beside may hold the file for longer than a delivery waits, on a machine that is busy: that is a 503.
  const errors = gateway.errors.filter((line) => !line.includes('database is locked'));
  findings.expect(errors.length === 0, 'OPS8', () => `an error of ours: ${errors[0]}`);
  const code = await gateway.end('SIGTERM');
  findings.expect(code === 0, 'OPS1', () => `it ended with ${code}: ${gateway.stderr}`);
  const wrong = checkIntegrity(path);
  findings.expect(wrong.length === 0, 'LOG2', () => `the file is damaged: ${wrong[0]}`);
}

class Soaking {
  readonly #gateway: GatewayProcess;
  readonly #path: string;
  readonly #findings: Findings;
  readonly #options: Options;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #memory: Memory;
  readonly #handles: number[] = [];
  readonly #until: number;
  /** Files and sockets that were open before anybody came. */
  readonly #before: number;
  #acks: number[] = [];
  #sent = 0;
  #refused = 0;
  #queries = 0;
  #erased = 0;
  #received = 0;

  constructor(gateway: GatewayProcess, path: string, options: Options) {
    this.#gateway = gateway;
    this.#path = path;
    this.#options = options;
    this.#findings = options.findings;
    this.#memory = new Memory(gateway.pid);
    this.#before = handlesOf(gateway.pid);
    this.#until = performance.now() + options.minutes * 60_000;
  }

  async run(): Promise<void> {
    const { runs, seed } = this.#options;
    const log = new SqliteLog(this.#path);
    atEnd(() => log.close());
    await Promise.all([
      this.#deliver(),
      this.#ask(),
      this.#lookAfter(log),
      this.#watch(),
      ...Array.from({ length: runs }, (_, index) => this.#follow(Dice.of(seed, index))),
    ]);
    await log.close();
    this.#agent.destroy();
    const findings = this.#findings;
    await this.#expectLetGo();
    findings.note('deliveries', this.#sent);
    // An erasure may hold the file for a moment, and a provider comes again.
    findings.expectOfQuiet(
      this.#refused <= this.#sent / 1_000,
      'IN1',
      () => `${this.#refused} deliveries were answered 503`,
    );
    findings.note('messages received', this.#received);
    findings.note('queries', this.#queries);
    findings.note('erasures', this.#erased);
    this.#memory.expectFlat(findings);
    const fifth = Math.max(1, Math.floor(this.#handles.length / 5));
    const [early, late] = [median(this.#handles.slice(fifth, 2 * fifth)), median(this.#handles.slice(-fifth))];
    findings.note('handles warmed up', early);
    findings.note('handles at the end', late);
    findings.expectOfQuiet(late < early + 60, 'OPS8', () => `open files and sockets grew from ${early} to ${late}`);
  }

  /** No client is left, and nothing is kept for one. */
  async #expectLetGo(): Promise<void> {
    const { pid } = this.#gateway;
    const isHeld = () => handlesOf(pid) > this.#before + SPARE;
    for (const end = performance.now() + LET_GO; isHeld() && performance.now() < end;) await setTimeout(100);
    this.#findings.expect(
      !isHeld(),
      'OPS8',
      () => `${handlesOf(pid)} files and sockets are open when all have left, and ${this.#before} were at the start`,
    );
  }

  get #isOver(): boolean {
    return performance.now() > this.#until || !this.#gateway.isRunning;
  }

  async #deliver(): Promise<void> {
    const { seed } = this.#options;
    let due = performance.now();
    const underWay = new Set<Promise<void>>();
    while (!this.#isOver) {
      for (let count = 0; count < (RATE * BEAT) / 1_000; count += 1) {
        const one = this.#post(Dice.of(seed, this.#sent), this.#sent).finally(() => underWay.delete(one));
        this.#sent += 1;
        underWay.add(one);
      }
      due += BEAT;
      await setTimeout(Math.max(0, due - performance.now()));
    }
    await Promise.all(underWay);
  }

  async #post(dice: Dice, number: number): Promise<void> {
    const source = dice.pick(SOURCES);
    const bytes = bytesOf(source, payloadOf(source, `soak-${number}`, dice));
    const { headers, body } = signedAs(source, aboutOne(bytes, number));
    const url = `${this.#gateway.url}/webhooks/${source}`;
    const began = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const delivery = request(url, { method: 'POST', headers, agent: this.#agent });
      delivery.end(body);
      try {
        const [response] = await once(delivery, 'response');
        response.resume();
        this.#acks.push(performance.now() - began);
        const { statusCode } = response;
        this.#findings.count(`answered ${statusCode}`);
        if (statusCode === 503) this.#refused += 1;
        const isKept = statusCode === 200 || statusCode === 503;
        this.#findings.expect(isKept, 'IN1', () => `a delivery of ${source} was answered ${statusCode}`);
        return;
      } catch (error) {
        // A connection that was kept may end just when it is used again (RFC 9112, section 9.3.1).
        const isOld = delivery.reusedSocket && attempt < 3;
        if (isOld) continue;
        this.#findings.expect(false, 'IN1', () => `a delivery of ${source} was not answered: ${String(error)}`);
        return;
      }
    }
  }

  /** One subscriber after another, each for a while. Some go without a word, some stop reading first. */
  async #follow(dice: Dice): Promise<void> {
    const port = Number(new URL(this.#gateway.url).port);
    const token = await makeToken({ expires: 24 * 3_600 });
    while (!this.#isOver) {
      const follower = new Follower();
      const isIn = await follower.connect(port, token, { filter: { sources: [dice.pick(SOURCES)] } });
      this.#findings.expect(isIn || this.#isOver, 'LIVE1', () => 'somebody could not subscribe');
      const end = Math.min(this.#until, performance.now() + dice.between(2_000, 60_000));
      while (performance.now() < end && follower.isOpen) await setTimeout(200);
      if (dice.chance(0.1)) {
        follower.stall();
        await setTimeout(Math.min(5_000, Math.max(0, this.#until - performance.now())));
      }
      this.#received += follower.eventIds.length;
      const { others, eventIds } = follower;
      this.#findings.expect(new Set(eventIds).size === eventIds.length, 'LIVE1', () => 'an event came twice');
      const strange = others.find((text) => !text.includes('"Erasure"'));
      this.#findings.expect(!strange, 'LIVE1', () => `somebody was told ${strange}`);
      follower.leave(dice.chance(0.5) ? 'reset' : 'close');
      this.#findings.count('subscribers');
    }
  }

  async #ask(): Promise<void> {
    const token = await makeToken({ expires: 24 * 3_600 });
    while (!this.#isOver) {
      const query = QUERIES[this.#queries % QUERIES.length];
      this.#queries += 1;
      const response = await fetch(`${this.#gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query }),
      });
      const { errors } = (await response.json()) as { errors?: unknown[] };
      this.#findings.expect(!errors, 'OPS8', () => `a query was answered ${JSON.stringify(errors)}`);
      await setTimeout(200);
    }
  }

  /** As an operator does, beside the gateway: erasures, and what retention forgets. */
  async #lookAfter(log: SqliteLog): Promise<void> {
    for (let round = 0; !this.#isOver; round += 1) {
      await log.trim(Date.now() - KEPT);
      if (round % 2 === 1) {
        // Of somebody who wrote a moment ago.
        const email = addressOf(Math.max(0, this.#sent - 300), 'convidada.example');
        const began = performance.now();
        await log.erase({ by: 'email', email, source: null }, { at: Date.now(), orderedBy: 'the soak' });
        this.#findings.atMost('ms of an erasure, the longest', performance.now() - began);
        this.#erased += 1;
      }
      await setTimeout(Math.min(10_000, Math.max(0, this.#until - performance.now())));
    }
  }

  async #watch(): Promise<void> {
    const began = performance.now();
    const every = Math.min(5_000, (this.#options.minutes * 60_000) / 20);
    let minute = 0;
    while (!this.#isOver) {
      await setTimeout(every);
      const memory = this.#memory.sample();
      const handles = handlesOf(this.#gateway.pid);
      this.#handles.push(handles);
      const wal = statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
      this.#findings.atMost('MB of write-ahead log at most', wal / 1024 ** 2);
      this.#findings.expect(wal < MOST_WAL, 'OPS8', () => `the write-ahead log has ${wal} bytes`);
      const passed = Math.floor((performance.now() - began) / 60_000);
      if (passed === minute) continue;
      minute = passed;
      const p99 = percentile(this.#acks, 0.99);
      this.#acks = [];
      this.#findings.atMost('p99 ms of an answer, worst minute', p99);
      const size = statSync(this.#path).size / 1024 ** 2;
      this.#options.progress(
        `minute ${minute}: ${this.#sent} deliveries, p99 ${p99.toFixed(0)} ms, ${memory.toFixed(0)} MB, ${handles} handles, ` +
          `file ${size.toFixed(0)} MB, wal ${(wal / 1024 ** 2).toFixed(1)} MB, ${this.#received} messages`,
      );
    }
  }
}

/** Everybody is somebody else: an erasure finds a few events, and not all. */
function aboutOne(bytes: Buffer, number: number): Buffer {
  return Buffer.from(
    bytes.toString().replaceAll(/[a-z]+@([a-z]+\.example)/g, (_, domain: string) => addressOf(number, domain)),
  );
}

function addressOf(number: number, domain: string): string {
  return `somebody-${number}@${domain}`;
}
