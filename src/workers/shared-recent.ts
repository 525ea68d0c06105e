import { randomUUID } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';
import type { RecentDelivery, RecentRecord } from '../events/recent.ts';

/** How long to wait for the other workers, in milliseconds: one that is starting does not answer. */
const PATIENCE = 1_000;

type Said =
  | { readonly kind: 'ask'; readonly id: string; readonly source: string }
  | { readonly kind: 'answer'; readonly id: string; readonly deliveries: readonly RecentDelivery[] };

interface Asked {
  left: number;
  readonly heard: RecentDelivery[];
  readonly done: () => void;
}

/** The last deliveries of all workers: each worker remembers its own, and the one that is asked asks the others. */
export class SharedRecent implements RecentRecord {
  readonly #own: RecentRecord;
  readonly #others: number;
  readonly #channel: BroadcastChannel;
  readonly #asked = new Map<string, Asked>();

  /** @param channel the name of the channel that only the workers of this gateway have. */
  constructor(own: RecentRecord, channel: string, workers: number) {
    this.#own = own;
    this.#others = workers - 1;
    this.#channel = new BroadcastChannel(channel);
    this.#channel.addEventListener('message', (event) => void this.#hear((event as MessageEvent<Said>).data));
    // Otherwise the channel would keep a drained worker alive.
    this.#channel.unref();
  }

  async listRecent(source: string): Promise<readonly RecentDelivery[]> {
    const own = await this.#own.listRecent(source);
    if (this.#others === 0) return own;
    const id = randomUUID();
    const heard: RecentDelivery[] = [];
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((done) => {
      late = setTimeout(done, PATIENCE);
      this.#asked.set(id, { left: this.#others, heard, done });
      this.#tell({ kind: 'ask', id, source });
    });
    clearTimeout(late);
    this.#asked.delete(id);
    return [...own, ...heard].toSorted((one, other) => other.at - one.at);
  }

  async #hear(said: Said): Promise<void> {
    if (said.kind === 'ask') {
      return this.#tell({ kind: 'answer', id: said.id, deliveries: await this.#own.listRecent(said.source) });
    }
    const asked = this.#asked.get(said.id);
    if (!asked) return;
    asked.heard.push(...said.deliveries);
    asked.left -= 1;
    if (asked.left === 0) asked.done();
  }

  #tell(said: Said): void {
    this.#channel.postMessage(said);
  }
}
