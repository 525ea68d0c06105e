import type { Cursor } from '../events/cursor.ts';
import type { Worth } from '../events/worth.ts';
import { AlteredRow } from './altered-row.ts';
import type { Value } from './value.ts';

/** The approximate size of an event in memory without its texts, in bytes. */
const EVENT_BYTES = 1_500;
/** If a single character of a text is not Latin-1, every character of the text takes two bytes. */
const CHARACTER_BYTES = 2;

/** The members that every event has, with the values of its row. */
export interface Envelope {
  readonly cursor: Cursor;
  readonly provider: Value;
  readonly source: Value;
  readonly type: Value;
  readonly eventId: Value;
  readonly tenant: Value;
  readonly subject: Value;
  readonly occurredAt: { readonly at: Value; readonly text: Value };
  readonly receivedAt: Value;
  readonly shape: Value;
  readonly kind: Value;
  readonly happened: Value;
  readonly worth: Worth | null;
  readonly version: Value;
  readonly superseded: boolean;
}

/** The texts of an event. An empty text was not read, since JSON is never empty. */
export interface Texts {
  readonly data: string;
  readonly personal: string | null;
  readonly raw: string | null;
}

/**
 * Parses JSON, and keeps the last value. All readers finish with one event before the next: all cohorts in one turn of the event
 * loop, and all fields of a node before those of the next node. So each event is parsed once, and only one is in memory parsed.
 */
class LastParsed {
  #text: string | null = null;
  #value: unknown = null;

  parse(text: string, what: string): unknown {
    if (text !== this.#text) {
      this.#value = parsed(text, what);
      this.#text = text;
    }
    return this.#value;
  }
}

/** The parsers of the events of one log. */
export class Parsing {
  readonly data = new LastParsed();
  readonly personal = new LastParsed();
}

/**
 * An event that parses its stored content only when a reader asks for it. `data`, `personal` and `raw` are getters of the class,
 * so a copy of the own properties lacks them. As own properties, they took half the time of reading a row.
 */
export class StoredEvent implements Envelope {
  readonly cursor: Cursor;
  readonly provider: Value;
  readonly source: Value;
  readonly type: Value;
  readonly eventId: Value;
  readonly tenant: Value;
  readonly subject: Value;
  readonly occurredAt: Envelope['occurredAt'];
  readonly receivedAt: Value;
  readonly shape: Value;
  readonly kind: Value;
  readonly happened: Value;
  readonly worth: Worth | null;
  readonly version: Value;
  readonly superseded: boolean;
  readonly isErased: boolean;
  readonly bytes: number;
  readonly #texts: Texts;
  readonly #parsing: Parsing;

  constructor(envelope: Envelope, texts: Texts, parsing: Parsing) {
    const { data, personal, raw } = texts;
    this.cursor = envelope.cursor;
    this.provider = envelope.provider;
    this.source = envelope.source;
    this.type = envelope.type;
    this.eventId = envelope.eventId;
    this.tenant = envelope.tenant;
    this.subject = envelope.subject;
    this.occurredAt = envelope.occurredAt;
    this.receivedAt = envelope.receivedAt;
    this.shape = envelope.shape;
    this.kind = envelope.kind;
    this.happened = envelope.happened;
    this.worth = envelope.worth;
    this.version = envelope.version;
    this.superseded = envelope.superseded;
    this.isErased = personal === null;
    this.bytes = EVENT_BYTES + CHARACTER_BYTES * (data.length + (personal?.length ?? 0) + (raw?.length ?? 0));
    this.#texts = texts;
    this.#parsing = parsing;
  }

  get data(): unknown {
    return this.#parsing.data.parse(this.#texts.data, this.#name);
  }

  get personal(): unknown {
    const text = read(this.#texts.personal);
    return text === null ? null : this.#parsing.personal.parse(text, this.#name);
  }

  get raw(): string | null {
    return read(this.#texts.raw);
  }

  get #name(): string {
    return `the event at position ${this.cursor.seq}`;
  }
}

function read(text: string | null): string | null {
  if (text === '') throw new Error('this part of the event was not read');
  return text;
}

/** Parses JSON. V8's error is dropped, since it quotes the text. @throws {AlteredRow} */
export function parsed(json: Value | undefined, what: string): unknown {
  try {
    return JSON.parse(json as string);
  } catch {
    throw new AlteredRow(what);
  }
}
