import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { expect, it } from 'vitest';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { EDUZZ_SECRET, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { readAll } from '../support/providers.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';

const KILLS = 20;
const SENDERS = 16;

/** Posts until it is told to stop or nobody answers any more; says which ids were acknowledged. */
async function load(url: string, name: string, acknowledged: Set<string>, sent: Set<string>, stop: AbortSignal) {
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
  let count = 0;
  const send = async () => {
    while (!stop.aborted) {
      const id = `${name}-${(count += 1)}`;
      const { headers, body } = signAsEduzz(attendanceCanceled({ id }), EDUZZ_SECRET);
      sent.add(id);
      const delivery = request(`${url}/webhooks/eduzz`, { method: 'POST', headers: { ...headers }, agent });
      delivery.end(body);
      try {
        const [response] = await once(delivery, 'response');
        response.resume();
        if (response.statusCode === 200) acknowledged.add(id);
      } catch {
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
  agent.destroy();
}

it('LOG2 keeps what it acknowledged through twenty kills under load, and subscribers miss nothing', async () => {
  const folder = temporaryFolder();
  const env = environment(folder);
  const acknowledged = new Set<string>();
  const sent = new Set<string>();
  const followed: string[] = [];
  let cursor: string | null = null;

  for (let kill = 0; kill < KILLS; kill += 1) {
    const gateway = await GatewayProcess.start(env);
    const authorization = `Bearer ${await makeToken()}`;
    const subscriber = new Subscriber(gateway.webSocketUrl, authorization, EVENTS, { after: cursor });
    await subscriber.until(({ messages }) => messages.length > 0);
    const stop = new AbortController();
    const before = acknowledged.size;
    const loading = load(gateway.url, `run${kill}`, acknowledged, sent, stop.signal);
    // Somewhere in the middle of it, each time somewhere else.
    await expect.poll(() => acknowledged.size - before, { interval: 5 }).toBeGreaterThan(20 + kill * 7);
    await gateway.end('SIGKILL');
    stop.abort();
    await loading;
    await subscriber.closed;
    followed.push(...subscriber.eventIds);
    cursor = subscriber.lastCursor;
    await subscriber.stop();
  }

  const gateway = await GatewayProcess.start(env);
  const logged = await readAll(gateway.url);
  expect(new Set(logged).size).toBe(logged.length);
  const kept = new Set(logged);
  expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([]);
  expect(logged.filter((id) => !sent.has(id))).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(KILLS * 20);

  const last = new Subscriber(gateway.webSocketUrl, `Bearer ${await makeToken()}`, EVENTS, { after: cursor });
  await last.caughtUp();
  followed.push(...last.eventIds);
  expect(followed).toEqual(logged);
  expect(await gateway.end('SIGTERM')).toBe(0);
}, 90_000);
