import { expect, it } from 'vitest';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { deliver } from '../support/deliver.ts';
import { environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { Subscriber } from '../support/subscriber.ts';
import { scrapeText } from '../support/metrics.ts';

const QUERY = `subscription { stream: cancellations { __typename cursor
  ... on CancellationEdge { node { eventId ... on TicketCancellation { customFields } } } } }`;
const FILLER = 'x'.repeat(120_000);

it('LIVE2.1 spends bounded memory on a stalled subscriber, harms no other, and loses nothing for it', async () => {
  const gateway = await GatewayProcess.start(environment(temporaryFolder()));
  const authorization = `Bearer ${await makeToken()}`;
  const stalled = new Subscriber(gateway.webSocketUrl, authorization, QUERY, {});
  const healthy = new Subscriber(gateway.webSocketUrl, authorization, QUERY, {});
  await Promise.all([stalled.caughtUp(), healthy.caughtUp()]);
  let next = 0;
  const post = async (until: number) => {
    while (next < until) {
      const payload = attendanceCanceled({ id: `s${(next += 1)}`, participant: { customFields: { filler: FILLER } } });
      await deliver(gateway, payload);
    }
  };
  const postAll = (until: number) => Promise.all(Array.from({ length: 8 }, () => post(until)));

  const buffered = async () => {
    const text = await scrapeText(gateway);
    return Number(/^hookcast_ws_buffered_bytes (\d+)$/m.exec(text)?.[1]);
  };

  stalled.socket?.pause();
  let sent = 0;
  const send = async (more: number) => {
    sent += more;
    await postAll(sent);
    await healthy.events(sent);
  };
  // Until the kernel takes no more for it, and no longer: it would be closed after half a minute.
  do await send(40);
  while ((await buffered()) === 0);
  await send(40);
  // Megabytes were sent to the other meanwhile; what waits for this one is some 64 kB and a frame.
  expect(stalled.eventIds.length).toBeLessThan(sent);
  expect(await buffered()).toBeGreaterThan(0);
  expect(await buffered()).toBeLessThan(64 * 1024 + 2 * FILLER.length);

  stalled.socket?.resume();
  await stalled.events(sent);
  expect(stalled.eventIds).toEqual(healthy.eventIds);
  expect(new Set(stalled.eventIds).size).toBe(sent);
});
