import { hash } from 'node:crypto';
import type { NewEvent } from '../events/event.ts';
import type { NewQuarantined } from '../events/quarantine.ts';
import { toAddress, tracesOf } from '../events/trace.ts';
import { toText } from './postgres/text.ts';

/** Hexadecimal digits of a hash, 80 bits: among a thousand million marks, hardly two are the same by chance. */
export const DIGITS = 20;

/** How long after an erasure everything about the person is held back, in milliseconds. Wix retries for two days. */
export const HELD_BACK_FOR = 72 * 60 * 60 * 1000;

/**
 * How long deliveries from before an erasure may still arrive, in milliseconds. The log keeps tombstones for retention and
 * this time. Eduzz keeps its backup for 2 or 7 days: its pages disagree.
 */
export const RETRIED_FOR = 7 * 24 * 60 * 60 * 1000;

/** The fewest characters of a value that gets a mark. A shorter value, such as 1, is in everybody's payloads. */
export const SHORTEST = 8;
const LONG = new RegExp(`^.{${SHORTEST}}`, 'su');

/**
 * Makes marks. A mark is a letter for its kind and a hash keyed with the log's own secret, so that somebody who reads the
 * storage can't try out addresses. A log in PostgreSQL makes the same marks, so the text is hashed as PostgreSQL takes it.
 */
export class Marker {
  readonly #salt: string;

  constructor(salt: string) {
    this.#salt = salt;
  }

  get salt(): string {
    return this.#salt;
  }

  /** Source and tenant are part of the mark, since two accounts may use the same id: each may count from one. */
  contact(source: string, tenant: string, id: string): string {
    return this.#mark('c', listed(source, tenant, id));
  }

  email(address: string): string {
    return this.#mark('e', toText(toAddress(address)));
  }

  mention(address: string): string {
    return this.#mark('m', toText(toAddress(address)));
  }

  /** The mark in a tombstone of a subject. It is no hash, since everybody who reads events sees their subjects. */
  subject(subject: string): string {
    return `s${subject}`;
  }

  /** The marks of texts and numbers as they would be in a payload that was not understood. Short ones get none. */
  values(source: string, values: readonly string[]): string[] {
    return values.filter(isLong).map((value) => this.#value(source, value));
  }

  #value(source: string, value: string): string {
    return this.#mark('v', listed(source, value));
  }

  /** The marks as a JSON list, or null if there are none. */
  ofEvent({ source, tenant, traces }: Pick<NewEvent, 'source' | 'tenant' | 'traces'>): string | null {
    if (traces.length === 0) return null;
    const marks = new Set<string>();
    let isPlain = true;
    for (const { kind, value } of traces) {
      if (kind === 'contact') {
        marks.add(this.contact(source, tenant, value));
        // The contact's id also gets a mark as a value: an erasure that finds that mark here looks for it in quarantine.
        if (isLong(value)) marks.add(this.#value(source, value));
      } else if (kind === 'subject') {
        marks.add(this.subject(value));
        isPlain = false;
      } else {
        // A trace has the form of `toAddress` already.
        marks.add(this.#mark(kind === 'email' ? 'e' : 'm', toText(value)));
      }
    }
    // All marks except those of subjects are letters and digits.
    return isPlain ? `["${[...marks].join('","')}"]` : JSON.stringify([...marks]);
  }

  /** The marks as a JSON list, or null if there are none. */
  ofDelivery({ source, values }: Pick<NewQuarantined, 'source' | 'values'>): string | null {
    const addresses = tracesOf([], values).map(({ value }) => this.mention(value));
    const marks = [...new Set([...this.values(source, values), ...addresses])];
    return marks.length === 0 ? null : JSON.stringify(marks);
  }

  #mark(letter: string, said: string): string {
    return letter + hash('sha256', this.#salt + said, 'hex').slice(0, DIGITS);
  }
}

/** Texts that JSON writes as they are: printable ASCII characters without quotes and backslashes. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** The texts as one text, a JSON list. Different lists give different texts. To call JSON for it takes as long as the hash. */
function listed(...texts: readonly string[]): string {
  const isPlain = texts.every((text) => PLAIN.test(text));
  return isPlain ? `["${texts.join('","')}"]` : JSON.stringify(texts.map(toText));
}

/** Counts code points and not UTF-16 units, as PostgreSQL does. */
function isLong(value: string): boolean {
  // A code point takes at most two units, and `toText` never makes a text shorter.
  return value.length >= 2 * SHORTEST || LONG.test(toText(value));
}

/** The ids by which a payload would name the subject: `1` for `ticket/1`, and both `7:1` and `1` for `ticket/7:1`. */
export function idsIn(subject: string): string[] {
  const id = subject.slice(subject.indexOf('/') + 1);
  const colon = id.indexOf(':');
  return colon === -1 ? [id] : [id, id.slice(colon + 1)];
}
