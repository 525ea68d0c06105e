import { hash } from 'node:crypto';
import { HookcastError } from '../../errors.ts';
import { fieldsOfForm } from '../body.ts';
import type { Delivery } from '../delivery.ts';
import { isObject, parseJson } from '../payload.ts';
import { missingPart } from './missing.ts';

/** The values from which pieces are read. */
export interface Signing {
  readonly delivery: Delivery;
  /** The text of the time of signing; null if there is none. */
  readonly timestamp: string | null;
  /** For a digest, which has no key, the secret under test. */
  readonly secret: string | null;
}

/** A named part of a delivery. */
export interface Value {
  /** Its name in messages: `The header x-request-id`. */
  readonly what: string;
  /** Undefined if it is missing. */
  readonly read: (signing: Signing) => string | Buffer | undefined;
  /** Puts the value into a delivery before it is signed, as a sender does. It is left out if that is impossible. */
  readonly put?: (text: string, outgoing: OutgoingParts) => void;
  readonly needsUrl?: boolean;
}

/** The parts of a new delivery besides its body. */
export interface OutgoingParts {
  readonly headers: Record<string, string>;
  readonly parameters: Record<string, string>;
}

/** A part of the signed text: a fixed text, a part of the delivery, or the result of a function. */
export type Piece = string | Value | ((delivery: Delivery) => string | Buffer | undefined);
export type Template = readonly Piece[];

/** The value of a header. A header that occurs several times counts as missing. */
export function header(name: string): Value {
  const key = name.toLowerCase();
  return {
    what: `The header ${key}`,
    read({ delivery }) {
      const value = delivery.headers[key];
      return typeof value === 'string' ? value : undefined;
    },
    put: (text, { headers }) => void (headers[key] = text),
  };
}

/** A parameter of the query, decoded. If there are several, the first one. */
export function query(name: string): Value {
  return {
    what: `The parameter ${name} of the URL`,
    read: ({ delivery }) => delivery.parameters.get(name) ?? undefined,
    put: (text, { parameters }) => void (parameters[name] = text),
  };
}

/** A text, a number or a boolean in the body, which is JSON or a form: `field('data', 'id')`. */
export function field(...path: readonly string[]): Value {
  return {
    what: `The member ${path.join('.')} of the body`,
    read({ delivery }) {
      const value = path.reduce<unknown>((inside, name) => memberOf(inside, name), readLoosely(delivery.body));
      const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      return isScalar ? String(value) : undefined;
    },
  };
}

/** The received bytes of the body. */
export const body: Value = { what: 'The body', read: ({ delivery }) => delivery.body };
/** The method, such as `POST`. */
export const method: Value = { what: 'The method', read: ({ delivery }) => delivery.method };
/** The URL that the sender calls, with its query: the requested path after `PUBLIC_URL`. */
export const url: Value = { what: 'The URL', read: ({ delivery }) => delivery.url, needsUrl: true };
/** The path of the URL. */
export const path: Value = { what: 'The path', read: ({ delivery }) => delivery.path };
/** The time of signing, as the sender wrote it. */
export const time: Value = { what: 'The time', read: ({ timestamp }) => timestamp ?? undefined };
/** The secret itself, for a digest, which has no other key. */
export const secret: Value = { what: 'The secret', read: (signing) => signing.secret ?? undefined };

/** The fields of a form, each name followed by its value, ordered by name, as Twilio signs them. */
export const sortedFields: Value = {
  what: 'The form',
  read({ delivery }) {
    const values = new Map<string, Set<string>>();
    for (const [name, value] of fieldsOfForm(delivery.body.toString('utf8'))) {
      const there = values.get(name);
      if (there) there.add(value);
      else values.set(name, new Set([value]));
    }
    const names = [...values.keys()].toSorted(byBytes);
    return names
      .map((name) =>
        [...values.get(name)!]
          .toSorted(byBytes)
          .map((value) => name + value)
          .join(''),
      )
      .join('');
  },
};

/** The SHA-256 of a piece. */
export function sha256(piece: Piece, encoding: 'hex' | 'base64' | 'base64url' = 'hex'): Value {
  return made(piece, (bytes) => hash('sha256', bytes, encoding));
}

/** The result of a function for the text of a piece: `map(query('data.id'), (id) => id.toLowerCase())`. */
export function map(piece: Piece, change: (text: string) => string): Value {
  return made(piece, (value) => change(typeof value === 'string' ? value : value.toString('utf8')));
}

/** Pieces that are all left out if one of them is missing. */
export function optional(...pieces: Template): Value {
  const read = pieces.map(readerOf);
  return {
    what: 'An optional part',
    read(signing) {
      const values = read.map((one) => one(signing));
      const isWhole = values.every((value) => value !== undefined);
      return isWhole ? Buffer.concat(values.map((value) => Buffer.from(value as string))) : '';
    },
    ...(pieces.some(readsUrl) && { needsUrl: true }),
  };
}

function made(piece: Piece, make: (value: string | Buffer) => string): Value {
  const read = readerOf(piece);
  return {
    what: typeof piece === 'object' ? piece.what : 'The signed text',
    read(signing) {
      const value = read(signing);
      return value === undefined ? undefined : make(value);
    },
    ...(readsUrl(piece) && { needsUrl: true }),
  };
}

/**
 * Compiles a template to a function that returns the signed bytes of a delivery. It is compiled once, since every delivery runs
 * it.
 *
 * @throws {HookcastError} SIGNATURE_INVALID, by the returned function, if a part is missing.
 */
export function compile(template: Template): (signing: Signing) => readonly Buffer[] {
  if (template.length === 0) throw new Error('the signed text must have at least one part');
  if (template.length === 1 && template[0] === body) return ({ delivery }) => [delivery.body];
  const parts = template.map((piece) => ({ piece, read: readerOf(piece) }));
  return (signing) =>
    parts.map(({ piece, read }) => {
      const value = read(signing);
      if (value === undefined) throw missingPart(typeof piece === 'object' ? piece.what : 'A signed part');
      return typeof value === 'string' ? Buffer.from(value) : value;
    });
}

/** Whether the signature covers the URL. */
export function signsUrl(template: Template): boolean {
  return template.some(readsUrl);
}

function readsUrl(piece: Piece): boolean {
  return typeof piece === 'object' && piece.needsUrl === true;
}

function readerOf(piece: Piece): (signing: Signing) => string | Buffer | undefined {
  if (typeof piece === 'string') return () => piece;
  if (typeof piece === 'object') return piece.read;
  return ({ delivery }) => {
    try {
      return piece(delivery);
    } catch (error) {
      if (error instanceof HookcastError) throw error;
      // The request is not authentic yet, so any part of it may be missing.
      return undefined;
    }
  };
}

/** Parses a body that is not authentic yet; undefined if it can't be read. */
function readLoosely(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  const value = parseJson(text);
  return value === undefined ? Object.fromEntries(fieldsOfForm(text)) : value;
}

function memberOf(holder: unknown, name: string): unknown {
  if (Array.isArray(holder)) return (holder as unknown[])[Number(name)];
  return isObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;
}

/** Compares by UTF-16 units, as the senders' own languages sort. */
function byBytes(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
