import { survey } from '../events/exact-json.ts';
import { KEPT_HEADERS, type NamedHeaders, headersApart, keepHeaders } from './kept-headers.ts';
import { type JsonObject, isObject, keptOf, parseJson, sha256Hex } from './payload.ts';
import type { Verified } from './provider.ts';

/**
 * Takes the events of one delivery apart. What it returns for each is kept as that event's own payload. Null where the delivery is
 * one event as it is.
 */
export type Each = (payload: JsonObject, headers: NamedHeaders) => readonly unknown[] | null;

/** How many events one delivery may have. A sender that puts as many into a megabyte has some two hundred bytes for each. */
const MOST = 5_000;

/** Marks a delivery in quarantine that could not be taken apart. A part of one stands there without it. */
const WHOLE = '$delivery';
/** Where in quarantine parts of one delivery stand that wait together. */
const TOGETHER = '$parts';

/**
 * The events of a delivery, each with a payload and a text of its own. One without an id of its own is known by what it says:
 * the same event is the same also in another delivery, among other events.
 *
 * @returns null for a delivery that is one event as it is.
 */
export function partsOf(each: Each, verified: Verified): readonly Verified[] | null {
  const { payload, headers } = headersApart(exact(verified));
  const together = payload[TOGETHER];
  const said: unknown = together ?? each(unmarked(payload), headers);
  // What waited since it could not be taken apart has a mark that is to be taken from it.
  const list = said === null && isSeveral(payload) ? [payload] : said;
  if (list === null) return null;
  if (!Array.isArray(list)) throw new TypeError('each must return a list, or null');
  if (list.length > MOST) throw new TooManyParts(list.length);
  const kept = Object.hasOwn(verified.payload, KEPT_HEADERS) ? headers : null;
  return list.map((part: unknown, index) => partOf(part, index, verified.id, kept));
}

/** The delivery as it waits in quarantine when it could not be taken apart. */
export function asWhole({ payload, text, digest, id }: Verified): Verified {
  return {
    payload: { ...payload, [WHOLE]: true },
    text: JSON.stringify({ ...(parseJson(text) as JsonObject), [WHOLE]: true }),
    digest,
    ...(id !== undefined && { id }),
  };
}

/** Several parts of one delivery, to wait together: hundreds of them would be hundreds of writes. */
export function asOne({ digest, id }: Verified, parts: readonly Verified[]): Verified {
  const [{ payload } = { payload: {} }] = parts;
  const { headers } = headersApart(payload);
  const kept = JSON.stringify({ [KEPT_HEADERS]: headers });
  const texts = parts.map(({ text }) => text).join(',');
  return {
    payload: { [TOGETHER]: parts.map((part) => part.payload), [KEPT_HEADERS]: headers },
    text: `{"${TOGETHER}":[${texts}],${kept.slice(1)}`,
    digest,
    ...(id !== undefined && { id }),
  };
}

/** Whether it is more than one event, so that it is to be taken apart when it is released. */
export function isSeveral(payload: JsonObject): boolean {
  return Object.hasOwn(payload, WHOLE) || Object.hasOwn(payload, TOGETHER);
}

/** A delivery has more events than are taken at once. */
export class TooManyParts extends Error {
  constructor(count: number) {
    super(`has ${count} events, and ${MOST} are taken at once`);
  }
}

function unmarked(payload: JsonObject): JsonObject {
  if (!isSeveral(payload)) return payload;
  const { [WHOLE]: _whole, [TOGETHER]: _together, ...rest } = payload;
  return rest;
}

/** Numbers that a double can't hold must be in the text of the part as they were sent. */
function exact({ payload, text }: Verified): JsonObject {
  return survey(text).mayLose ? (parseJson(text) as JsonObject) : payload;
}

/** @param headers those of the delivery; null where its definition names none. */
function partOf(part: unknown, index: number, id: string | undefined, headers: NamedHeaders | null): Verified {
  // What is no object can be no event of anybody's: it waits by itself, and its neighbours don't.
  const { payload, text } = keptOf(unmarked(isObject(part) ? part : { body: part }));
  const verified = {
    payload,
    text,
    get digest() {
      return sha256Hex(text);
    },
    // The sender's id is the whole delivery's, which comes again with the same events in the same order.
    ...(id !== undefined && { id: `${id}.${index}` }),
  };
  return headers === null ? verified : keepHeaders(verified, headers);
}
