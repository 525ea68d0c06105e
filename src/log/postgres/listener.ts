import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Connection, statement } from './connection.ts';
import type { Primary } from './primary.ts';
import { CHANNEL } from './names.ts';

export interface ListenerOptions {
  readonly primary: Primary;
  /** The name with which this process signs its notifications. */
  readonly sender: string;
  /** Reads the present head of the log. */
  readonly head: () => Promise<string>;
  /** Called when the head may have moved. */
  readonly onMove: () => void;
}

/** How often the head is read, in milliseconds, give or take a quarter, so that gateways that started together drift apart. */
const POLL = 1_000;
/** How often the listening connection is checked, in milliseconds. */
const HEARTBEAT = 5_000;
/** How long to wait before the next connection, in milliseconds. The wait doubles after each failure. */
const AGAIN = { first: 100, longest: 5_000 };

const NOTIFY = statement('SELECT pg_notify(?, ?)');

/**
 * Hears of what other processes commit. A notification only wakes the gateway up. A connection that listens can go deaf
 * without an error (a firewall, a pooler, a failover that resets nothing). So it has to hear itself every few seconds, and the head is
 * polled as well.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #stop = new AbortController();
  #heard: (() => void) | null = null;
  #connection: Connection | null = null;
  #wait = AGAIN.first;

  constructor(options: ListenerOptions) {
    this.#options = options;
    void this.#listen();
    void this.#poll();
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Gives up the connection for a while, so that another part can have one. Returns whether there was one. */
  spare(): boolean {
    if (!this.#connection) return false;
    this.#wait = AGAIN.longest;
    this.#connection.destroy();
    this.#connection = null;
    return true;
  }

  async #listen(): Promise<void> {
    const { primary, onMove } = this.#options;
    while (!this.#stop.signal.aborted) {
      const lost = new AbortController();
      const ended = AbortSignal.any([this.#stop.signal, lost.signal]);
      const own = `${CHANNEL}_${randomUUID()}`;
      try {
        const connection = (this.#connection = await primary.connect({
          onNotify: (channel, payload) => this.#notified(channel, payload),
          onEnd: () => lost.abort(),
        }));
        await connection.script(`LISTEN ${CHANNEL}; LISTEN "${own}"`, HEARTBEAT);
        this.#wait = AGAIN.first;
        // Commits before this moment were not heard.
        onMove();
        while (!ended.aborted) {
          await pause(HEARTBEAT, ended);
          if (!ended.aborted && !(await this.#hearsItself(connection, own))) break;
        }
      } catch {
        // The next read of the log fails with the error. The poll goes on meanwhile.
      }
      this.#connection?.destroy();
      this.#connection = null;
      await pause(this.#wait, this.#stop.signal);
      this.#wait = Math.min(this.#wait * 2, AGAIN.longest);
    }
  }

  async #hearsItself(connection: Connection, channel: string): Promise<boolean> {
    const heard = new Promise<true>((resolve) => (this.#heard = () => resolve(true)));
    const deaf = setTimeout(HEARTBEAT, false, { ref: false });
    await connection.ask(NOTIFY, [channel, '']);
    return Promise.race([heard, deaf]);
  }

  #notified(channel: string, payload: string): void {
    if (channel !== CHANNEL) this.#heard?.();
    // This process knows its own commits already.
    else if (payload !== this.#options.sender) this.#options.onMove();
  }

  async #poll(): Promise<void> {
    let last: string | null = null;
    while (!this.#stop.signal.aborted) {
      await pause(POLL * (0.75 + Math.random() / 2), this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      // If the log can't be read, then the next read fails with the error. Here it is only a reason to wake the readers up.
      const head = await this.#options.head().catch(() => null);
      if (head !== last) this.#options.onMove();
      last = head;
    }
  }
}

/** Waits, and ends early with the signal. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal, ref: false }).catch(() => {});
}
