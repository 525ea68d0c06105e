import { setTimeout } from 'node:timers/promises';
import { GatewayProcess } from '../support/child.ts';
import { environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { Providers, readAll } from '../support/providers.ts';
import { Dice } from './dice.ts';
import type { Fault, Options } from './fault.ts';
import { Follower } from './follower.ts';
import { expectComplete, some } from './ledger.ts';
import { memoryOf } from './process.ts';

const RESTARTS = 3;
/** How long all of them may take to be live again, in milliseconds. */
const BACK = 90_000;

/** A gateway is restarted under load, and everybody comes back at once, each with a cursor of its own. */
export const reconnect: Fault = {
  name: 'reconnect',
  what: 'a restart under load, and everybody back at once',
  unit: 'sockets',
  runs: 2_000,
  run,
};

async function run({ seed, runs, findings, progress }: Options): Promise<void> {
  const env = {
    ...environment(temporaryFolder()),
    MAX_CONNECTIONS_PER_TOKEN: '0',
    MAX_SUBSCRIPTIONS_PER_TOKEN: '0',
    MAX_CONNECTIONS_PER_ADDRESS: '0',
  };
  const token = await makeToken({ expires: 7_200 });
  let gateway = await GatewayProcess.start(env);
  const portOf = () => Number(new URL(gateway.url).port);
  const followers = Array.from({ length: runs }, () => new Follower());
  await comeBack(followers, portOf, token);
  const providers = new Providers(() => [gateway.url], { senders: 6, pause: 20 });
  const restarts = runs < 500 ? 1 : RESTARTS;

  for (let restart = 0; restart < restarts; restart += 1) {
    const dice = Dice.of(seed, restart);
    await setTimeout(dice.between(200, 1_500));
    const signal = restart % 2 === 0 ? 'SIGKILL' : 'SIGTERM';
    await gateway.end(signal);
    while (followers.some(({ isOpen }) => isOpen)) await setTimeout(10);
    gateway = await GatewayProcess.start(env);
    const began = performance.now();
    const back = await comeBack(followers, portOf, token);
    findings.expect(back, 'LIVE1', () => `not everybody was live ${BACK / 1_000} s after ${signal}`);
    findings.atMost('s until all were live again', (performance.now() - began) / 1_000);
    findings.atMost('MB', memoryOf(gateway.pid));
    findings.count('restarts');
    progress(`back after ${signal}, ${providers.acknowledged.size} events acknowledged`);
  }

  await providers.stop();
  const logged = await readAll(gateway.url);
  expectComplete(findings, { acknowledged: providers.acknowledged, logged });
  const end = performance.now() + BACK;
  while (followers.some(({ eventIds }) => eventIds.length < logged.length) && performance.now() < end)
    await setTimeout(50);
  const wanted = logged.join();
  const wrong = followers.filter(({ eventIds }) => eventIds.join() !== wanted);
  findings.expect(wrong.length === 0, 'LIVE1', () => {
    const { eventIds } = wrong[0]!;
    const missing = logged.filter((id) => !eventIds.includes(id));
    return `${wrong.length} have not had each event once, in order; one has ${eventIds.length} of ${logged.length} and misses ${some(missing)}`;
  });
  const others = followers.flatMap(({ others }) => others);
  findings.expect(others.length === 0, 'LIVE1', () => `somebody was told ${others[0]}`);
  findings.note('events to each', logged.length);
  for (const follower of followers) follower.leave();
  findings.expect(gateway.errors.length === 0, 'OPS8', () => `an error of ours: ${gateway.errors[0]}`);
  const code = await gateway.end('SIGTERM');
  findings.expect(code === 0, 'OPS1', () => `it ended with ${code}: ${gateway.stderr}`);
}

/** Connects all at once, and those again that were refused. Returns whether all are live in time. */
async function comeBack(followers: readonly Follower[], portOf: () => number, token: string): Promise<boolean> {
  const end = performance.now() + BACK;
  const one = async (follower: Follower) => {
    while (performance.now() < end) {
      if (await follower.connect(portOf(), token)) return;
      await setTimeout(500);
    }
  };
  await Promise.all(followers.map(one));
  while (followers.some(({ isLive }) => !isLive)) {
    if (performance.now() > end) return false;
    await setTimeout(20);
  }
  return true;
}
