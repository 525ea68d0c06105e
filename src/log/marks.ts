import { hash } from 'node:crypto';
import type { NewEvent } from '../events/event.ts';
import type { NewQuarantined } from '../events/quarantine.ts';
import { toAddress, tracesOf } from '../events/trace.ts';
import { toText } from './postgres/text.ts';

/** Hexadecimal digits of a hash, 80 bits: of a thousand million marks, hardly two are the same by chance. */
export const DIGITS = 20;

/** For how long after an erasure everything about the person is held back, in milliseconds. Wix retries for two days. */
export const HELD_BACK_FOR = 72 * 60 * 60 * 1000;

/**
 * For how long what is of before may still come, in milliseconds: so long after their retention tombstones are remembered.
 * Eduzz's backup: 2 or 7 days, its pages disagree.
 */
export const RETRIED_FOR = 7 * 24 * 60 * 60 * 1000;

/** Characters of a text that has a mark as a value: a shorter one, such as 1, stands in everybody's payloads. */
export const SHORTEST = 8;
const LONG = new RegExp(`^.{${SHORTEST}}`, 'su');

/**
 * Makes marks: a letter for what it is a mark of, and a hash with the log's own secret, so that nobody who reads the
 * storage can try out addresses. PostgreSQL makes the same ones, so the text is hashed as PostgreSQL takes it.
 */
export class Marker {
  readonly #salt: string;

  constructor(salt: string) {
    this.#salt = salt;
  }

  get salt(): string {
    return this.#salt;
  }

  /** Ids of different accounts must not meet: each counts from one, for all we know. */
  contact(source: string, tenant: string, id: string): string {
    return this.#mark('c', listed(source, tenant, id));
  }

  email(address: string): string {
    return this.#mark('e', toText(toAddress(address)));
  }

  mention(address: string): string {
    return this.#mark('m', toText(toAddress(address)));
  }

  /** Subjects are seen by everybody, so this is no hash: it is what a tombstone of a subject has. */
  subject(subject: string): string {
    return `s${subject}`;
  }

  /** Of texts and numbers as they would stand in a payload that was not understood, as far as they are long enough. */
  values(source: string, values: readonly string[]): string[] {
    return values.filter(isLong).map((value) => this.#value(source, value));
  }

  #value(source: string, value: string): string {
    return this.#mark('v', listed(source, value));
  }

  /** As a JSON list, or null when there are none. */
  ofEvent({ source, tenant, traces }: Pick<NewEvent, 'source' | 'tenant' | 'traces'>): string | null {
    if (traces.length === 0) return null;
    const marks = new Set<string>();
    for (const { kind, value } of traces) {
      if (kind !== 'contact') marks.add(this[kind](value));
      else {
        marks.add(this.contact(source, tenant, value));
        // A contact's value too: an erasure that finds it here looks for it in quarantine.
        if (isLong(value)) marks.add(this.#value(source, value));
      }
    }
    return JSON.stringify([...marks]);
  }

  /** As a JSON list, or null when there are none. */
  ofDelivery({ source, values }: Pick<NewQuarantined, 'source' | 'values'>): string | null {
    const addresses = tracesOf([], values).map(({ value }) => this.mention(value));
    const marks = [...new Set([...this.values(source, values), ...addresses])];
    return marks.length === 0 ? null : JSON.stringify(marks);
  }

  #mark(letter: string, said: string): string {
    return letter + hash('sha256', this.#salt + said, 'hex').slice(0, DIGITS);
  }
}

/** As one text, and no other list as the same. */
function listed(...texts: readonly string[]): string {
  return JSON.stringify(texts.map(toText));
}

/** PostgreSQL counts whole code points too. */
function isLong(value: string): boolean {
  // No code point takes more than two places, and to be written as PostgreSQL takes it makes no text shorter.
  return value.length >= 2 * SHORTEST || LONG.test(toText(value));
}

/** What a payload would call the subject: `1` of `ticket/1`, and of `ticket/7:1` also that. */
export function idsIn(subject: string): string[] {
  const id = subject.slice(subject.indexOf('/') + 1);
  const colon = id.indexOf(':');
  return colon === -1 ? [id] : [id, id.slice(colon + 1)];
}
