import type { EventFilter, Matcher } from '../../src/events/filter.ts';
import type { Live } from '../../src/live/live.ts';
import type { Message } from '../../src/live/message.ts';
import type { MessageSink } from '../../src/live/message.ts';
import type { Subscriber } from '../../src/live/subscriber.ts';
import { some } from '../faults/ledger.ts';
import { type Code, type Kept, type Storage, type StorageClient, cursorOf } from './storage.ts';
import type { World } from './world.ts';

/** Messages on their way after which a connection has no room for more. */
const MOST_UNDER_WAY = 6;

/** One connection to one gateway: what is written to it once it is closed goes nowhere. */
class Connection implements MessageSink {
  readonly gateway: Gateway;
  subscriber: Subscriber | null = null;
  underWay: Message[] = [];
  isStalled = false;
  hadCaughtUp = false;
  readonly #client: Client;

  constructor(client: Client, gateway: Gateway) {
    this.#client = client;
    this.gateway = gateway;
  }

  hasRoom(): boolean {
    return !this.isStalled && this.underWay.length < MOST_UNDER_WAY;
  }

  write({ bytes }: { readonly bytes: Buffer }): void {
    if (!this.gateway.access.isDead) this.#client.written(this, JSON.parse(bytes.toString()) as Message);
  }

  end(error?: unknown): void {
    if (!this.gateway.access.isDead) this.#client.broken.push(`${this.#client.name} was sent away: ${String(error)}`);
  }
}

/** A process that serves subscribers, until it is killed. */
export interface Gateway {
  readonly access: StorageClient;
  readonly live: Live;
  /** The newest erasure of each subject that it has told somebody of. */
  readonly erased: Map<string, { readonly client: Client; readonly id: string; readonly seq: number }[]>;
}

/** One client over all its connections: it comes back with the cursor of the last message that it received, and checks what it is told. */
export class Client {
  readonly name: string;
  readonly filter: EventFilter;
  readonly broken: string[] = [];
  readonly #world: World;
  readonly #storage: Storage;
  readonly #matcher: Matcher;
  #connection: Connection | null = null;
  #last: Message | null = null;
  /** The position after which it has everything: where it began, or the end of its last gap. */
  #base: number | null = null;
  /** Ids of what it was told since then. */
  #told: string[] = [];

  constructor(name: string, filter: EventFilter, world: World, storage: Storage, code: Code) {
    this.name = name;
    this.filter = filter;
    this.#world = world;
    this.#storage = storage;
    this.#matcher = code.matcher(filter);
  }

  get isConnected(): boolean {
    return this.#connection !== null;
  }

  get isLive(): boolean {
    return this.#connection?.subscriber?.isLive ?? false;
  }

  connect(gateway: Gateway): void {
    const following = {
      key: JSON.stringify(this.filter),
      filter: this.filter,
      render: (message: Message) => Buffer.from(JSON.stringify(message)),
    };
    const connection = new Connection(this, gateway);
    this.#connection = connection;
    connection.subscriber = gateway.live.follow(following, this.#last?.cursor ?? null, connection);
  }

  /** The connection is gone, with everything that was on its way. */
  cut(): void {
    this.#connection?.subscriber?.end();
    this.#connection = null;
  }

  /** The gateway was killed: nobody tells the subscriber. */
  lose(gateway: Gateway): void {
    if (this.#connection?.gateway === gateway) this.#connection = null;
  }

  stall(): void {
    if (this.#connection) this.#connection.isStalled = true;
  }

  drain(): void {
    const connection = this.#connection;
    if (!connection?.isStalled) return;
    connection.isStalled = false;
    this.#receive(connection);
    connection.subscriber?.drained();
  }

  written(connection: Connection, message: Message): void {
    if (connection !== this.#connection) return void this.broken.push(`${this.name} was written to after its end`);
    if (!connection.hasRoom()) this.broken.push(`${this.name} was written to without room`);
    connection.underWay.push(message);
    this.#world.after(this.#world.dice.below(20), () => {
      if (this.#connection === connection && !connection.isStalled) this.#receive(connection);
    });
  }

  #receive(connection: Connection): void {
    const had = connection.underWay.splice(0);
    for (const message of had) this.#take(message, connection);
    if (had.length > 0) connection.subscriber?.drained();
  }

  #take(message: Message, connection: Connection): void {
    const before = this.#last;
    this.#last = message;
    if (message.kind === 'caughtUp') {
      if (connection.hadCaughtUp)
        this.broken.push(`${this.name} was told twice on one connection that it has caught up`);
      connection.hadCaughtUp = true;
      this.#base ??= message.cursor.seq;
      return;
    }
    if (message.kind === 'gap') {
      if (message.reason === 'LOG_REPLACED' && this.#storage.losses === 0) {
        this.broken.push(`${this.name} was told of a log that was replaced, and none was`);
      }
      if (message.reason === 'RETENTION' && this.#storage.trimmed.size === 0) {
        this.broken.push(`${this.name} was told of events that were deleted, and none were`);
      }
      this.#base = message.resumedAt.seq;
      this.#told = [];
      return;
    }
    // By its mark, which no two have in common.
    const id = `event-${message.cursor.mark}`;
    if (this.#base === null) this.broken.push(`${this.name} was told of ${id} before it had caught up`);
    if (this.#told.includes(id)) this.broken.push(`${this.name} was told of ${id} twice`);
    const isAfter = !before || before.kind === 'gap' || before.cursor.epoch !== message.cursor.epoch;
    if (!isAfter && message.cursor.seq <= before.cursor.seq) {
      this.broken.push(`${this.name} was told of ${message.cursor.seq} after ${before.cursor.seq}`);
    }
    this.#told.push(id);
    this.#expectErased(message, id, connection.gateway);
  }

  /** A client that was told of an erasure is not told by the same gateway of the person again. */
  #expectErased(message: Message, id: string, { erased }: Gateway): void {
    const { seq } = message.cursor;
    if (message.kind === 'erasure') {
      const key = `${message.erasure.tenant} ${message.erasure.subject}`;
      erased.set(key, [...(erased.get(key) ?? []), { client: this, id, seq }]);
    } else if (message.kind === 'event' && message.event.personal !== null) {
      const told = erased.get(`${message.event.tenant} ${message.event.subject}`) ?? [];
      const there = new Set(this.#storage.entries.map((kept) => kept.id));
      // Of a log that was put back to before the erasure, everything may come again.
      if (told.some((one) => one.client === this && one.seq > seq && there.has(one.id) && there.has(id))) {
        this.broken.push(`${this.name} was told of a person after the erasure`);
      }
    }
  }

  /** When all is quiet: whether it was told of everything that the log has, or of a gap. */
  check(): void {
    const base = this.#base;
    if (base === null) return void this.broken.push(`${this.name} never began`);
    const { entries, trimmed } = this.#storage;
    const wanted = entries.filter((kept) => cursorOf(kept).seq > base && this.#wants(kept)).map(({ id }) => id);
    const told = new Set(this.#told);
    const missing = wanted.filter((id) => !told.has(id));
    if (missing.length > 0) this.broken.push(`${this.name} was told neither of ${some(missing)} nor of a gap`);
    const there = new Set(entries.map(({ id }) => id));
    const lost = this.#told.filter((id) => !there.has(id) && !trimmed.has(id));
    if (lost.length > 0) this.broken.push(`${this.name} was not told that ${some(lost)} no longer count`);
  }

  #wants(kept: Kept): boolean {
    return kept.kind === 'event' ? this.#matcher.event(kept.event) : this.#matcher.erasure(kept.erasure);
  }
}
