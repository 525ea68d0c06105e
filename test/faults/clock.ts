import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { EDUZZ_SECRET, makeToken, temporaryFolder } from '../support/gateway.ts';
import { Providers, readAll } from '../support/providers.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import { Dice } from './dice.ts';
import type { Fault, Options } from './fault.ts';
import type { Findings } from './findings.ts';
import { expectComplete } from './ledger.ts';
import { hold } from './lock.ts';
import { bytesOf, manySources, payloadOf, signedAs } from './samples.ts';

const HOUR = 60 * 60 * 1000;
/** How long the gateway may take to notice that a token expired by the new time, in milliseconds. */
const NOTICED = 25_000;

/** The wall clock jumps while the gateway works, as when it was wrong and is set, or a machine was suspended. */
export const clock: Fault = {
  name: 'clock',
  what: 'the clock set forward and back by an hour',
  unit: 'jumps',
  runs: 12,
  run,
};

async function run({ seed, runs, findings, progress }: Options): Promise<void> {
  const folder = temporaryFolder();
  const file = join(folder, 'clock');
  const set = async (shift: number) => {
    writeFileSync(file, String(shift));
    // The process looks at the file every few milliseconds.
    await setTimeout(30);
  };
  const gateway = await GatewayProcess.start({
    ...manySources(folder),
    EDUZZ_SECRETS: EDUZZ_SECRET,
    RETENTION_DAYS: '1',
    WEBHOOK_RATE: '1000',
    NODE_OPTIONS: `--import ${new URL('./shifted-clock.ts', import.meta.url).href}`,
    SHIFTED_CLOCK: file,
  });
  const long = await makeToken({ expires: 12 * 3_600 });
  const follower = new Subscriber(gateway.webSocketUrl, `Bearer ${long}`, EVENTS, {});
  await follower.caughtUp();
  const providers = new Providers(() => [gateway.url], { senders: 2, pause: 20 });

  for (let jump = 0; jump < runs; jump += 1) {
    const dice = Dice.of(seed, jump);
    const forward = jump % 2 === 0;
    const shift = (forward ? 1 : -1) * (HOUR + dice.between(-5, 5) * 1_000);
    await set(shift);
    await expectUnharmed(gateway, long, shift, findings);
    // And back, which is a jump the other way.
    await set(0);
    await expectUnharmed(gateway, long, 0, findings);
    findings.count(forward ? 'forward and back' : 'backward and forth');
    progress(`${jump + 1} jumps`);
  }
  // A delivery that succeeds would speak for the gateway.
  await providers.stop();
  await expectReady(gateway, join(folder, 'hookcast.db'), set, findings);
  if (runs > 3) await expectExpiry(gateway, set, findings);

  const logged = await readAll(gateway.url);
  expectComplete(findings, { acknowledged: providers.acknowledged, logged: logged.filter((id) => /^\d-/.test(id)) });
  for (const [status, count] of providers.statuses) {
    if (status !== 200) findings.count(`deliveries answered ${status}`, count);
    findings.expect(status === 200 || status === 503, 'IN1', () => `${count} deliveries were answered ${status}`);
  }
  findings.note('acknowledged', providers.acknowledged.size);
  const had = await within(10_000, () => follower.eventIds.length >= logged.length);
  const isSame = had && follower.eventIds.join() === logged.join();
  findings.expect(isSame, 'LIVE1', () => 'the follower has not had the events of the log once, in order');
  findings.expect(gateway.isRunning, 'OPS8', () => `the gateway ended: ${gateway.stderr}`);
  const code = await gateway.end('SIGTERM');
  findings.expect(code === 0, 'OPS1', () => `it ended with ${code}: ${gateway.stderr}`);
}

/** Deliveries must go on at any time; tokens and signed times are checked by the gateway's clock. */
async function expectUnharmed(gateway: GatewayProcess, long: string, shift: number, findings: Findings): Promise<void> {
  const said = (what: string) => () => `with the clock off by ${shift / 1_000} s, ${what}`;
  const burst = await Promise.all(Array.from({ length: 10 }, () => postEduzz(gateway.url)));
  const refused = burst.filter((status) => status !== 200);
  findings.expect(refused.length === 0, 'IN1', said(`deliveries were answered ${refused.join()}`));
  const stripe = await postStripe(gateway.url);
  // Stripe's own library looks at the past alone, and so do we.
  const wanted = shift > 300_000 ? 401 : 200;
  findings.expect(stripe === wanted, 'IN2', said(`a delivery signed now was answered ${stripe}`));
  const queried = await query(gateway.url, long);
  findings.expect(queried === 200, 'AUTH3', said(`a token that is good got ${queried}`));
  const short = await query(gateway.url, await makeToken({ expires: 1_800 }));
  findings.expect(short === (shift > 0 ? 401 : 200), 'AUTH3', said(`a token of half an hour got ${short}`));
  const subscriber = new Subscriber(gateway.webSocketUrl, `Bearer ${long}`, EVENTS, {});
  const live = await within(40_000, () => subscriber.messages.length > 0);
  findings.expect(live, 'LIVE1', said('nobody can subscribe'));
  await subscriber.stop();
  const ready = (await fetch(`${gateway.url}/readyz`)).status;
  findings.expect(ready === 200, 'OPS4', said(`/readyz says ${ready}`));
}

/** That a delivery failed before the clock was set back is not held against the gateway for an hour. */
async function expectReady(
  gateway: GatewayProcess,
  path: string,
  set: (shift: number) => Promise<void>,
  findings: Findings,
): Promise<void> {
  const free = await hold(path, 'IMMEDIATE');
  const failed = await postEduzz(gateway.url);
  findings.expect(failed === 503, 'IN1', () => `a delivery for a locked log was answered ${failed}`);
  await set(-HOUR);
  await free();
  const ready = await within(40_000, async () => (await fetch(`${gateway.url}/readyz`)).status === 200);
  findings.expect(ready, 'OPS4', () => '/readyz goes on saying 503 after the clock was set back');
  await set(0);
}

/** A running subscription ends with its token, by the time that it is: not later, and not before. */
async function expectExpiry(
  gateway: GatewayProcess,
  set: (shift: number) => Promise<void>,
  findings: Findings,
): Promise<void> {
  const open = async (expires: number) => {
    const token = await makeToken({ expires });
    const subscriber = new Subscriber(gateway.webSocketUrl, `Bearer ${token}`, EVENTS, {});
    await subscriber.caughtUp();
    let code = 0;
    void subscriber.closed.then((close) => (code = close.code));
    return { subscriber, code: () => code };
  };
  let early = await open(6);
  await set(-HOUR);
  // On a machine that is busy it may have ended before its clock was set.
  while (early.code() !== 0) {
    await set(0);
    early = await open(6);
    await set(-HOUR);
  }
  await setTimeout(8_000);
  findings.expect(
    early.code() === 0,
    'AUTH3',
    () => `a token that is good for an hour still was ended (${early.code()})`,
  );
  await set(0);
  const ended = await within(NOTICED, () => early.code() !== 0);
  findings.expect(ended, 'AUTH3', () => 'a token went on after the clock was set right');
  const late = await open(1_800);
  const began = performance.now();
  await set(HOUR);
  const noticed = await within(NOTICED, () => late.code() === 4403);
  findings.expect(noticed, 'AUTH3', () => 'a subscription goes on though its token has expired by the new time');
  findings.note('s until an expired token is noticed', (performance.now() - began) / 1_000);
  await set(0);
}

async function within(ms: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (await condition()) return true;
    await setTimeout(50);
  }
  return false;
}

async function postEduzz(url: string): Promise<number> {
  const { headers, body } = signAsEduzz(attendanceCanceled(), EDUZZ_SECRET);
  return (await fetch(`${url}/webhooks/eduzz`, { method: 'POST', headers, body })).status;
}

async function postStripe(url: string): Promise<number> {
  const id = `evt_${Math.round(performance.now() * 1_000)}`;
  const { headers, body } = signedAs('stripe', bytesOf('stripe', payloadOf('stripe', id, new Dice(1))));
  return (await fetch(`${url}/webhooks/stripe`, { method: 'POST', headers, body: body.toString() })).status;
}

async function query(url: string, token: string): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"{ events(last: 1) { head } }"}',
  });
  await response.arrayBuffer();
  return response.status;
}
