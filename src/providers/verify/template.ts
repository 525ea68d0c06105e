import { hash } from 'node:crypto';
import { HookcastError } from '../../errors.ts';
import { fieldsOfForm } from '../body.ts';
import type { Delivery } from '../delivery.ts';
import { isObject, parseJson } from '../payload.ts';
import { missingPart } from './missing.ts';

/** What pieces are read from. */
export interface Signing {
  readonly delivery: Delivery;
  /** As it is written in what says when it was signed; null where nothing does. */
  readonly timestamp: string | null;
  /** Of a digest, which has no key, the secret that is tried. */
  readonly secret: string | null;
}

/** Something of a delivery, by its name. */
export interface Value {
  /** What it is in a message: `The header x-request-id`. */
  readonly what: string;
  /** Undefined where it is not there. */
  readonly read: (signing: Signing) => string | Buffer | undefined;
  /** Puts it into a delivery that is to be signed, as a sender does. Left out where it can't be put. */
  readonly put?: (text: string, outgoing: OutgoingParts) => void;
  readonly needsUrl?: boolean;
}

/** Where a delivery that is being made keeps what goes beside its body. */
export interface OutgoingParts {
  readonly headers: Record<string, string>;
  readonly parameters: Record<string, string>;
}

/** A part of what is signed: a text, something of the delivery, or what a function makes of it. */
export type Piece = string | Value | ((delivery: Delivery) => string | Buffer | undefined);
export type Template = readonly Piece[];

/** The value of a header. One that came several times is as if it were missing. */
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

/** A parameter of the query, decoded. The first one, where there are several. */
export function query(name: string): Value {
  return {
    what: `The parameter ${name} of the URL`,
    read: ({ delivery }) => delivery.parameters.get(name) ?? undefined,
    put: (text, { parameters }) => void (parameters[name] = text),
  };
}

/** A text, a number or a truth value in the body, which is JSON or a form: `field('data', 'id')`. */
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

/** The bytes of the body, as they came. */
export const body: Value = { what: 'The body', read: ({ delivery }) => delivery.body };
/** `POST`. */
export const method: Value = { what: 'The method', read: ({ delivery }) => delivery.method };
/** The address that the sender calls, with its query, behind what `PUBLIC_URL` says. */
export const url: Value = { what: 'The URL', read: ({ delivery }) => delivery.url, needsUrl: true };
/** Its path alone. */
export const path: Value = { what: 'The path', read: ({ delivery }) => delivery.path };
/** When it was signed, as it is written there. */
export const time: Value = { what: 'The time', read: ({ timestamp }) => timestamp ?? undefined };
/** The secret itself, of a digest that has no other key. */
export const secret: Value = { what: 'The secret', read: (signing) => signing.secret ?? undefined };

/** The fields of a form, each name with its value behind it, in the order of their names, as Twilio signs them. */
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

/** What a function makes of a piece as text: `map(query('data.id'), (id) => id.toLowerCase())`. */
export function map(piece: Piece, change: (text: string) => string): Value {
  return made(piece, (value) => change(typeof value === 'string' ? value : value.toString('utf8')));
}

/** Pieces that are left out together where one of them is not there. */
export function optional(...pieces: Template): Value {
  const read = pieces.map(readerOf);
  return {
    what: 'A part that may be missing',
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
    what: typeof piece === 'object' ? piece.what : 'What is signed',
    read(signing) {
      const value = read(signing);
      return value === undefined ? undefined : make(value);
    },
    ...(readsUrl(piece) && { needsUrl: true }),
  };
}

/**
 * What is signed of a delivery, as a function that was made once: this is the way of every delivery.
 *
 * @throws {HookcastError} SIGNATURE_INVALID, by what is returned, when something of it is not there.
 */
export function compile(template: Template): (signing: Signing) => readonly Buffer[] {
  if (template.length === 0) throw new Error('what is signed must have a part at least');
  if (template.length === 1 && template[0] === body) return ({ delivery }) => [delivery.body];
  const parts = template.map((piece) => ({ piece, read: readerOf(piece) }));
  return (signing) =>
    parts.map(({ piece, read }) => {
      const value = read(signing);
      if (value === undefined) throw missingPart(typeof piece === 'object' ? piece.what : 'Something that is signed');
      return typeof value === 'string' ? Buffer.from(value) : value;
    });
}

/** Whether the URL is a part of what is signed. */
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

/** Before anything is signed: undefined for what can't be read. */
function readLoosely(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  const value = parseJson(text);
  return value === undefined ? Object.fromEntries(fieldsOfForm(text)) : value;
}

function memberOf(holder: unknown, name: string): unknown {
  if (Array.isArray(holder)) return (holder as unknown[])[Number(name)];
  return isObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;
}

/** By the units of UTF-16, as the senders' own languages sort. */
function byBytes(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
