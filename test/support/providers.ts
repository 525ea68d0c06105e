import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { atEnd } from './ending.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { EDUZZ_SECRET, makeToken } from './gateway.ts';

/** Providers as they are: a delivery is sent again, to any of the gateways, until it is acknowledged. */
export class Providers {
  readonly acknowledged = new Set<string>();
  /** How often each status was answered; 0 is no answer. */
  readonly statuses = new Map<number, number>();
  readonly #urls: () => readonly string[];
  readonly #name: string;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #done: Promise<unknown>;
  #stopped = false;

  /**
   * @param urls where the gateways are just now.
   * @param options `name` is what the ids of the events begin with.
   */
  constructor(urls: () => readonly string[], { senders = 6, pause = 5, name = '' } = {}) {
    this.#urls = urls;
    this.#name = name;
    this.#done = Promise.all(Array.from({ length: senders }, (_, sender) => this.#send(sender, pause)));
    atEnd(() => this.stop());
  }

  /** Resolves when all that was sent is acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
    this.#agent.destroy();
  }

  async #send(sender: number, pause: number): Promise<void> {
    for (let count = 0; !this.#stopped; count += 1) {
      const id = `${this.#name}${sender}-${count}`;
      const delivery = signAsEduzz(attendanceCanceled({ id }), EDUZZ_SECRET);
      for (let attempt = sender; !this.acknowledged.has(id); attempt += 1) {
        const urls = this.#urls();
        const status = await this.#post(urls[attempt % urls.length] ?? '', delivery);
        if (status !== null) this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
        if (status === 200) this.acknowledged.add(id);
        else await setTimeout(50);
      }
      await setTimeout(pause);
    }
  }

  /** The status; null when a connection that was kept had just ended, which says nothing (RFC 9112, section 9.3.1). */
  async #post(
    url: string,
    { headers, body }: { headers: Record<string, string>; body: string },
  ): Promise<number | null> {
    const delivery = request(`${url}/webhooks/eduzz`, { method: 'POST', headers, agent: this.#agent });
    delivery.end(body);
    try {
      const [response] = await once(delivery, 'response');
      response.resume();
      return response.statusCode as number;
    } catch {
      return delivery.reusedSocket ? null : 0;
    }
  }
}

/** The ids of all events that a gateway serves, in order. */
export async function readAll(url: string): Promise<string[]> {
  const authorization = `Bearer ${await makeToken()}`;
  const ids: string[] = [];
  let after: string | null = null;
  for (;;) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({
        query: `query All($after: String) { events(first: 100, after: $after) {
          edges { node { eventId } } pageInfo { hasNextPage endCursor } } }`,
        variables: { after },
      }),
    });
    const { data } = (await response.json()) as { data: any };
    ids.push(...data.events.edges.map((edge: any) => edge.node.eventId));
    if (!data.events.pageInfo.hasNextPage) return ids;
    after = data.events.pageInfo.endCursor;
  }
}
