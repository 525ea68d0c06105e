import type { Person } from './person.ts';

/**
 * Something in an event by which a person's data is found again when it is to be erased. The log keeps it as a hash only,
 * and lets go of it with the data.
 */
export interface Trace {
  /**
   * `contact`: the provider's own id of somebody whom the event is about. `email`: the e-mail address of such a person.
   * `mention`: any other e-mail address that stands in it. `subject`: what an older hookcast called its subject.
   */
  readonly kind: 'contact' | 'email' | 'mention' | 'subject';
  /** E-mail addresses as `toAddress` has them. */
  readonly value: string;
}

/** More people than 256 KiB can hold. A larger body is the operator's choice; what is beyond leaves no trace. */
const MOST = 20_000;
/** The longest address in characters: 64 of a person, an @ and 255 of a domain (RFC 5321, section 4.5.3.1). */
const LONGEST = 320;
const LONGEST_LOCAL = 64;

/** An @, as it is or as URLs and JSON within JSON write it. */
const MAY_HOLD_ADDRESS = /@|%40|\\u0040/i;
/** Where an address can't have begun. */
const ENDS_LOCAL = /[\s@<>()[\]{},;:"\\]/;
/** What an address may have in front of its @, and seldom has: there it may as well begin, as behind `?email=`. */
const SELDOM_IN_LOCAL = /[^\p{L}\p{N}._+'-]/u;
const DOMAIN = /[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,253}[\p{L}\p{N}])?/uy;
/** Ids that providers write where there is nobody. One trace for all of them would make one person of many. */
const NOBODY = /^(?:[0-]*|f{8}(?:-f{4}){3}-f{12}|null|nil|undefined|unknown|none|n\/a|anonymous)$/i;

/** Whether it is no id of anybody: the nil UUID and the max UUID (RFC 9562, 5.9 and 5.10), or a word in an id's place. */
export function isNobody(id: string): boolean {
  return NOBODY.test(id);
}

/**
 * The traces that people leave in an event.
 *
 * @param about the people whom it is about.
 * @param payload all that the provider said, as JSON: e-mail addresses are found wherever they stand in it.
 */
export function tracesOf(about: readonly Person[], payload: unknown): Trace[] {
  const found = new Map<string, Trace>();
  const add = (kind: Trace['kind'], value: string) => {
    if (found.size < MOST) found.set(`${kind} ${value}`, { kind, value });
  };
  const own = new Set<string>();
  for (const { email, externalId } of about) {
    if (externalId && !isNobody(externalId)) add('contact', externalId);
    if (!email || email.length > LONGEST) continue;
    own.add(toAddress(email));
    add('email', toAddress(email));
  }
  walk(payload, (text) => {
    for (const address of addressesIn(text)) if (!own.has(address)) add('mention', address);
  });
  return [...found.values()];
}

/**
 * Every text and number in a payload, each once, and what an erasure may know of them: the last part of a path, and the
 * e-mail addresses of a longer text. By these a delivery is found that was not understood.
 */
export function valuesIn(payload: unknown): string[] {
  const values = new Set<string>();
  const add = (value: string) => {
    if (values.size < MOST && value !== '' && value.length <= LONGEST) values.add(value);
  };
  walk(payload, (text) => {
    add(text);
    if (text.includes('/')) add(text.slice(text.lastIndexOf('/') + 1));
    for (const address of addressesIn(text)) add(address);
  });
  return [...values];
}

/** An e-mail address as it is compared: who writes it in capitals, or an é as two characters, means the same. */
export function toAddress(email: string): string {
  const address = email.trim().normalize('NFC').toLowerCase();
  // Not by a pattern: of a text of dots, those that look for dots at the end take time by the square of them.
  let end = address.length;
  while (end > 0 && address[end - 1] === '.') end -= 1;
  return address.slice(0, end);
}

/** The addresses that a text may hold. Rather one too many, which nobody ever asks for, than one too few. */
function* addressesIn(text: string): Generator<string> {
  if (!MAY_HOLD_ADDRESS.test(text)) return;
  for (const reading of readingsOf(text.normalize('NFC'))) {
    for (let at = reading.indexOf('@'); at !== -1; at = reading.indexOf('@', at + 1)) {
      DOMAIN.lastIndex = at + 1;
      const domain = DOMAIN.exec(reading)?.[0];
      if (domain === undefined) continue;
      for (const local of localsBefore(reading, at)) yield toAddress(`${local}@${domain}`);
    }
  }
}

function readingsOf(text: string): Set<string> {
  const readings = new Set([text]);
  if (/%40/i.test(text)) {
    readings.add(text.replaceAll(/%40/gi, '@'));
    try {
      readings.add(decodeURIComponent(text));
    } catch {
      // Not a URL, whatever else it is.
    }
  }
  if (/\\u0040/i.test(text)) readings.add(text.replaceAll(/\\u0040/gi, '@'));
  return readings;
}

function localsBefore(text: string, at: number): Set<string> {
  let from = at;
  while (from > 0 && at - from < LONGEST_LOCAL && !ENDS_LOCAL.test(text[from - 1]!)) from -= 1;
  const locals = new Set<string>();
  const add = (local: string) => {
    const bare = local.replace(/^['.-]+/, '');
    if (bare !== '') locals.add(bare);
  };
  const whole = text.slice(from, at);
  add(whole);
  // Behind a backslash it may be the second half of an escape, of JSON in a text that is none.
  if (text[from - 1] === '\\') add(whole.slice(1));
  const parts = whole.split(SELDOM_IN_LOCAL);
  add(parts.at(-1) ?? '');
  return locals;
}

/** Visits texts, numbers and names that hold an @; also those of JSON that stands as text in JSON, as Wix nests it. */
function walk(value: unknown, visit: (text: string) => void, nested = 0): void {
  if (typeof value === 'string') {
    visit(value);
    const inner = nested < 3 && /^\s*[[{]/.test(value) ? parsed(value) : undefined;
    if (inner !== undefined) walk(inner, visit, nested + 1);
  } else if (typeof value === 'number') visit(String(value));
  else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (name.includes('@')) visit(name);
      walk(member, visit, nested);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
