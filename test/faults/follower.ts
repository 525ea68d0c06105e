import { RawClient } from './raw-client.ts';

export const FOLLOW = `subscription ($after: String, $filter: EventFilter) { stream: events(after: $after, filter: $filter) {
  __typename cursor ... on EventEdge { node { eventId } } } }`;

/** One of thousands of subscribers: a cursor, and the ids of what came. It comes back with its cursor wherever it is told. */
export class Follower {
  readonly eventIds: string[] = [];
  /** Its other messages: gaps and errors. */
  readonly others: string[] = [];
  isLive = false;
  #cursor: string | null = null;
  #client: RawClient | null = null;

  /** Resolves once it is let in. Says whether it was. */
  async connect(
    port: number,
    token: string,
    { query = FOLLOW, filter = {} }: { query?: string; filter?: Record<string, unknown> } = {},
  ): Promise<boolean> {
    this.isLive = false;
    const client = await RawClient.open(port, '', (text) => this.#take(text));
    if (!client) return false;
    this.#client = client;
    client.text(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    if (!(await client.hears((text) => text.includes('connection_ack'), 30_000))) return false;
    const payload = { query, variables: { after: this.#cursor, ...(query === FOLLOW && { filter }) } };
    client.text(JSON.stringify({ id: 'follow', type: 'subscribe', payload }));
    return true;
  }

  get isOpen(): boolean {
    return this.#client?.isOpen ?? false;
  }

  get closeCode(): number | null {
    return this.#client?.closeCode ?? null;
  }

  /** Reads no more. */
  stall(): void {
    this.#client?.pause();
  }

  leave(how: 'close' | 'reset' = 'close'): void {
    if (how === 'reset') this.#client?.reset();
    else this.#client?.destroy();
  }

  #take(text: string): void {
    const { type, payload } = JSON.parse(text) as { type: string; payload?: any };
    if (type !== 'next') {
      if (type === 'error' || type === 'complete') this.others.push(text);
      return;
    }
    const message = payload?.data?.stream;
    if (!message) return void this.others.push(text);
    this.#cursor = message.cursor;
    if (message.__typename === 'EventEdge') this.eventIds.push(message.node.eventId);
    else if (message.__typename === 'CaughtUp') this.isLive = true;
    else this.others.push(text);
  }
}
