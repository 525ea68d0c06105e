import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { GatewayProcess, PROGRAM, hookcast } from '../support/child.ts';
import { EDUZZ_SECRET, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { readAll } from '../support/providers.ts';
import { KILLABLE } from '../support/several-workers.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import { Dice } from './dice.ts';
import type { Fault, Options } from './fault.ts';
import { expectComplete } from './ledger.ts';

const SENDERS = 16;

/** kill -9 in the middle of deliveries; now and then also while it starts again, or drains. With workers, of one of them as well. */
export const kill: Fault = { name: 'kill', what: 'kill -9 under load', unit: 'kills', runs: 100, run };

async function run({ seed, runs, workers, databaseUrl, findings, progress }: Options): Promise<void> {
  const env = {
    ...environment(temporaryFolder()),
    ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
    WORKERS: String(workers),
  };
  const program = [...KILLABLE, ...PROGRAM];
  const acknowledged = new Set<string>();
  const sent = new Set<string>();
  const followed: string[] = [];
  let cursor: string | null = null;

  for (let kills = 0; kills < runs; kills += 1) {
    const dice = Dice.of(seed, kills);
    const gateway = await GatewayProcess.start(env, undefined, program);
    const subscriber = new Subscriber(gateway.webSocketUrl, `Bearer ${await makeToken()}`, EVENTS, { after: cursor });
    await subscriber.until(({ messages }) => messages.length > 0);
    const before = acknowledged.size;
    const loading = load(gateway, `run${kills}`, acknowledged, sent);
    // Somewhere in the middle of it, each time somewhere else.
    const enough = dice.between(1, 120);
    while (acknowledged.size - before < enough && gateway.isRunning) await setTimeout(2);
    if (workers > 1 && dice.chance(0.7)) {
      process.kill(gateway.pid, 'SIGURG');
      // Until some time while another one takes its place, or after that.
      await setTimeout(dice.below(400));
      findings.count('workers killed');
    }
    if (dice.chance(0.2)) {
      void gateway.end('SIGTERM');
      await setTimeout(dice.below(30));
      findings.count('killed while draining');
    }
    await gateway.end('SIGKILL');
    await loading;
    await subscriber.closed;
    followed.push(...subscriber.eventIds);
    cursor = subscriber.lastCursor;
    await subscriber.stop();
    if (dice.chance(0.1)) {
      await killStarting(env, dice.below(600));
      findings.count('killed while starting');
    }
    findings.count('kills');
    if (kills % 10 === 9) progress(`${kills + 1} kills, ${acknowledged.size} events acknowledged`);
  }

  const gateway = await GatewayProcess.start(env);
  const logged = await readAll(gateway.url);
  findings.note('acknowledged', acknowledged.size);
  findings.note('logged', logged.length);
  expectComplete(findings, { acknowledged, sent, logged });
  const last = new Subscriber(gateway.webSocketUrl, `Bearer ${await makeToken()}`, EVENTS, { after: cursor });
  await last.caughtUp();
  followed.push(...last.eventIds);
  findings.expect(
    followed.join() === logged.join(),
    'LIVE1',
    () => `the follower has ${followed.length} events, or others in another order, and the log ${logged.length}`,
  );
  const code = await gateway.end('SIGTERM');
  findings.expect(code === 0, 'OPS1', () => `the last gateway ended with ${code}: ${gateway.stderr}`);
}

/** Posts until nobody is there any more. Of several workers one may be gone, while the others are there. */
async function load(
  gateway: GatewayProcess,
  name: string,
  acknowledged: Set<string>,
  sent: Set<string>,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
  let count = 0;
  const send = async () => {
    for (;;) {
      const id = `${name}-${(count += 1)}`;
      const { headers, body } = signAsEduzz(attendanceCanceled({ id }), EDUZZ_SECRET);
      sent.add(id);
      const delivery = request(`${gateway.url}/webhooks/eduzz`, { method: 'POST', headers: { ...headers }, agent });
      delivery.end(body);
      try {
        const [response] = await once(delivery, 'response');
        response.resume();
        if (response.statusCode === 200) acknowledged.add(id);
      } catch {
        if (!gateway.isRunning) return;
        await setTimeout(2);
      }
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
  agent.destroy();
}

async function killStarting(env: Record<string, string>, after: number): Promise<void> {
  const child = hookcast(['serve'], env);
  const exited = once(child, 'exit');
  await setTimeout(after);
  child.kill('SIGKILL');
  await exited;
}
