import { type Cursor, encodeCursor } from '../events/cursor.ts';
import { ALL_PARTS, type Parts } from '../events/event.ts';
import { type EventFilter, type Matcher, matcher } from '../events/filter.ts';
import type { Item, Message, MessageSink, SerializedMessage } from './message.ts';
import type { Entry } from './ring.ts';

/** An operation that subscribers share: all that have the same key get the same bytes. */
export interface SharedOperation {
  /** It differs if anything differs that could change an answer: document, variables, and what the viewer may see. */
  readonly key: string;
  /** Narrowed to what the viewer may see. */
  readonly filter: EventFilter;
  /** The parts of events that its messages are made of. Default: all parts. */
  readonly parts?: Parts;
  /** A message as JSON; null when it may not be seen. It must not throw, and depends on nothing but the message. */
  readonly render: (message: Message) => Buffer | null;
}

/** One of the live subscribers of a cohort. */
export interface Member {
  readonly sink: MessageSink;
  /** Takes a message that its cohort was handed. */
  receive(message: SerializedMessage): void;
  end(): void;
}

/** The memory that a payload takes besides its bytes, roughly. */
const PAYLOAD_BYTES = 300;

/** The subscribers whose operation gives the same answer, so that it is executed and serialized once. */
export class Cohort {
  readonly key: string;
  readonly filter: EventFilter;
  readonly parts: Parts;
  /** The live subscribers. */
  readonly members = new Set<Member>();
  /** How many subscribers it has, live or behind. */
  subscribers = 0;
  readonly #matcher: Matcher;
  readonly #render: SharedOperation['render'];
  #caughtUp: SerializedMessage | null = null;

  constructor({ key, filter, parts = ALL_PARTS, render }: SharedOperation) {
    this.filter = filter;
    // A search for people looks at them, also if the document does not show them.
    this.parts = filter.search?.people ? { ...parts, people: true } : parts;
    this.key = key;
    this.#matcher = matcher(filter);
    this.#render = render;
  }

  wants(item: Item): boolean {
    if (item.kind === 'event') return this.#matcher.event(item.event);
    return item.kind === 'erasure' ? this.#matcher.erasure(item.erasure) : this.#matcher.revision(item.revision);
  }

  /** Hands an item's payload to every live subscriber. Returns how many are live after that. */
  deliver(payload: SerializedMessage): number {
    for (const member of this.members) member.receive(payload);
    return this.members.size;
  }

  /** The bytes that its subscribers get of an item. They are made when they are first needed. */
  payload(entry: Entry): SerializedMessage | null {
    const made = entry.payloads.get(this.key);
    if (made !== undefined) return made;
    const payload = this.render(entry.item);
    entry.payloads.set(this.key, payload);
    entry.keeper?.grew(entry, PAYLOAD_BYTES + (payload?.bytes.length ?? 0));
    return payload;
  }

  render(message: Message): SerializedMessage | null {
    const { cursor } = message;
    const bytes = this.#render(message);
    const events = message.kind === 'event' || message.kind === 'revision' ? 1 : 0;
    return bytes && { cursor, id: encodeCursor(cursor), bytes, events };
  }

  /** The message that everything up to the cursor has been sent. It is kept, since many come back at once. */
  caughtUp(cursor: Cursor): SerializedMessage | null {
    const { epoch, seq, mark } = this.#caughtUp?.cursor ?? {};
    if (epoch !== cursor.epoch || seq !== cursor.seq || mark !== cursor.mark)
      this.#caughtUp = this.render({ kind: 'caughtUp', cursor });
    return this.#caughtUp;
  }
}
