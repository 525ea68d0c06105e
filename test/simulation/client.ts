import type { Cursor } from '../../src/events/cursor.ts';
import type { EventFilter, Matcher } from '../../src/events/filter.ts';
import type { Message, MessageSink, SerializedMessage } from '../../src/live/message.ts';
import type { Subscriber } from '../../src/live/subscriber.ts';
import { some } from '../faults/ledger.ts';
import type { Code, Gateway } from './gateway.ts';
import type { Kept, Storage } from './storage.ts';
import type { World } from './world.ts';

/** Messages on their way after which a connection has no room for more. */
const MOST_UNDER_WAY = 6;
/** States that a client keeps of itself, to go back to. */
const MOST_MOMENTS = 8;

/** One connection to one gateway: what is written to it once it is closed goes nowhere. */
class Connection implements MessageSink {
  readonly gateway: Gateway;
  /** What its gateway had heard of before it began. */
  readonly heard: number;
  subscriber: Subscriber | null = null;
  underWay: Message[] = [];
  isStalled = false;
  hadCaughtUp = false;
  readonly #client: Client;

  constructor(client: Client, gateway: Gateway) {
    this.#client = client;
    this.gateway = gateway;
    this.heard = gateway.heard;
  }

  hasRoom(): boolean {
    return !this.isStalled && this.underWay.length < MOST_UNDER_WAY;
  }

  write(payload: SerializedMessage): void {
    if (!this.gateway.isDead) this.#client.written(this, MESSAGES.get(payload.bytes)!);
  }

  end(error?: unknown): void {
    if (!this.gateway.isDead) this.#client.broken.push(`${this.#client.name} was sent away: ${String(error)}`);
  }
}

/** What bytes say, by the bytes themselves: writing and reading JSON would take half of a simulation's time. */
const MESSAGES = new WeakMap<Buffer, Message>();

/** What a client knows, as of its last message. */
interface Moment {
  readonly seq: number;
  readonly last: Message | null;
  /** The position after which it has everything: where it began, or the end of its last gap. */
  readonly base: Cursor | null;
  /** Marks of what it was told since then. */
  readonly told: ReadonlySet<number>;
}

/** One client over all its connections: it comes back with the cursor of the last message that it received, and checks what it is told. */
export class Client {
  readonly name: string;
  readonly filter: EventFilter;
  readonly broken: string[] = [];
  readonly #world: World;
  readonly #storage: Storage;
  readonly #matcher: Matcher;
  /** Whether it has its cursors from a hookcast that made none with marks. */
  readonly #isOld: boolean;
  #connection: Connection | null = null;
  #last: Message | null = null;
  #base: Cursor | null = null;
  #told = new Set<number>();
  readonly #moments: Moment[] = [];

  constructor(name: string, filter: EventFilter, isOld: boolean, world: World, storage: Storage, code: Code) {
    this.name = name;
    this.filter = filter;
    this.#isOld = isOld;
    this.#world = world;
    this.#storage = storage;
    this.#matcher = code.matcher(filter);
  }

  get isConnected(): boolean {
    return this.#connection !== null;
  }

  connect(gateway: Gateway): void {
    const following = {
      key: JSON.stringify(this.filter),
      filter: this.filter,
      render: (message: Message) => {
        const bytes = Buffer.alloc(0);
        MESSAGES.set(bytes, message);
        return bytes;
      },
    };
    const connection = new Connection(this, gateway);
    this.#connection = connection;
    connection.subscriber = gateway.live.follow(following, this.#cursor(), connection);
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

  /** It forgets everything, and begins from now on. */
  beginAnew(): void {
    this.cut();
    this.#last = null;
    this.#base = null;
    this.#told = new Set();
  }

  /** It is as it was at some message before, as a tab is that a browser restores: with the cursor and with what it had been told by then. */
  goBack(to?: Moment): Moment | null {
    const moment = to ?? (this.#moments.length > 0 ? this.#world.dice.pick(this.#moments) : null);
    if (!moment) return null;
    this.cut();
    this.#last = moment.last;
    this.#base = moment.base;
    this.#told = new Set(moment.told);
    return moment;
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
    this.#expectErased(connection, message);
    connection.underWay.push(message);
    this.#world.after(this.#world.dice.below(20), () => {
      if (this.#connection === connection && !connection.isStalled) this.#receive(connection);
    });
  }

  /** When all is quiet: whether it is live, and was told of everything that the log has, or of a gap. */
  check(): void {
    if (!this.#connection?.subscriber?.isLive) this.broken.push(`${this.name} is not live after the faults have ended`);
    const base = this.#base;
    if (base === null) return void this.broken.push(`${this.name} never began`);
    const { kept, floor } = this.#storage;
    if (base.mark !== undefined && base.seq > floor && this.#storage.at(base.seq)?.mark !== base.mark)
      this.broken.push(
        `${this.name} was not told that ${nameOf({ mark: base.mark })}, after which it began, no longer counts`,
      );
    const there = new Set<number>();
    const missing: string[] = [];
    for (const one of kept) {
      there.add(one.mark);
      if (one.seq > base.seq && one.seq > floor && !this.#told.has(one.mark) && this.#wants(one))
        missing.push(nameOf(one));
    }
    if (missing.length > 0) this.broken.push(`${this.name} was told neither of ${some(missing)} nor of a gap`);
    const lost = [...this.#told].filter((mark) => !there.has(mark)).map((mark) => nameOf({ mark }));
    if (lost.length > 0) this.broken.push(`${this.name} was not told that ${some(lost)} no longer count`);
  }

  #cursor(): Cursor | null {
    if (!this.#last) return null;
    const { epoch, seq } = this.#last.cursor;
    return this.#isOld ? { epoch, seq } : this.#last.cursor;
  }

  #receive(connection: Connection): void {
    const had = connection.underWay.splice(0);
    for (const message of had) {
      this.#take(message, connection);
      if (this.#world.dice.chance(0.2)) this.#keep();
    }
    if (had.length > 0) connection.subscriber?.drained();
  }

  #keep(): void {
    if (this.#moments.length >= MOST_MOMENTS) this.#moments.splice(this.#world.dice.below(MOST_MOMENTS), 1);
    this.#moments.push({ seq: this.#last!.cursor.seq, last: this.#last, base: this.#base, told: new Set(this.#told) });
  }

  #take(message: Message, connection: Connection): void {
    const before = this.#last;
    this.#last = message;
    if (message.kind === 'caughtUp') {
      if (connection.hadCaughtUp)
        this.broken.push(`${this.name} was told twice on one connection that it has caught up`);
      connection.hadCaughtUp = true;
      this.#base ??= message.cursor;
      return;
    }
    if (message.kind === 'gap') {
      if (message.reason === 'LOG_REPLACED' && !this.#storage.hasLost) {
        this.broken.push(`${this.name} was told of a log that was replaced, and none was`);
      }
      if (message.reason === 'RETENTION' && !this.#storage.hasTrimmed) {
        this.broken.push(`${this.name} was told of events that were deleted, and none were`);
      }
      this.#base = message.resumedAt;
      this.#told = new Set();
      return;
    }
    const { epoch, seq, mark } = message.cursor;
    const name = nameOf({ mark: mark! });
    if (this.#base === null) this.broken.push(`${this.name} was told of ${name} before it had caught up`);
    if (this.#told.has(mark!)) this.broken.push(`${this.name} was told of ${name} twice`);
    const isAfter = !before || before.kind === 'gap' || before.cursor.epoch !== epoch;
    if (!isAfter && seq <= before.cursor.seq) {
      this.broken.push(`${this.name} was told of ${seq} after ${before.cursor.seq}`);
    }
    this.#told.add(mark!);
  }

  /** A client that comes after the gateway has learned of an erasure is told nothing of the person. */
  #expectErased({ heard }: Connection, message: Message): void {
    if (message.kind !== 'event' || message.event.personal === null) return;
    const kept = this.#storage.at(message.cursor.seq);
    if (kept?.mark !== message.cursor.mark || !kept?.erasedBy || kept.erasedBy > heard) return;
    this.broken.push(`${this.name} was told of a person in ${nameOf(kept)} after the erasure ${kept.erasedBy}`);
  }

  #wants(kept: Kept): boolean {
    const item = this.#storage.item(kept);
    if (item.kind === 'event') return this.#matcher.event(item.event);
    return item.kind === 'erasure' && this.#matcher.erasure(item.erasure);
  }
}

function nameOf({ mark }: Pick<Kept, 'mark'>): string {
  return `event-${mark}`;
}
