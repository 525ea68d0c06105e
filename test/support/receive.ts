import type { NewEvent } from '../../src/events/event.ts';
import type { Delivery, Normalised, Provider } from '../../src/providers/provider.ts';

export const NOON = Date.parse('2026-06-01T12:00:00Z');

/** The outcome of a delivery that arrived at noon, at the source `box-office`. */
export async function receive(provider: Provider, headers: Delivery['headers'], body: string): Promise<Normalised> {
  const verified = await provider.verify({ headers, body: Buffer.from(body), receivedAt: NOON });
  return provider.normalise(verified, { source: 'box-office', receivedAt: NOON });
}

export async function eventFrom(provider: Provider, headers: Delivery['headers'], body: string): Promise<NewEvent> {
  const normalised = await receive(provider, headers, body);
  if (normalised.outcome !== 'event') throw new Error(JSON.stringify(normalised));
  return normalised.event;
}
