import { survey } from '../events/exact-json.ts';
import { KEPT_HEADERS, type NamedHeaders, headersApart, keepHeaders } from './kept-headers.ts';
import { type JsonObject, isObject, keptOf, parseJson, sha256Hex } from './payload.ts';
import type { Verified } from './provider.ts';

/**
 * Takes the events of one delivery apart. Each returned item is kept as the payload of one event. Returns null if the delivery
 * is one event.
 */
export type Each = (payload: JsonObject, headers: NamedHeaders) => readonly unknown[] | null;

/** How many events one delivery may have. A sender with this many in a megabyte has some two hundred bytes for each. */
const MOST = 5_000;

/** Marks a delivery in quarantine that could not be taken apart. A part of a delivery has no mark. */
const WHOLE = '$delivery';
/** The member, in quarantine, that holds parts of one delivery that wait together. */
const TOGETHER = '$parts';

/**
 * The events of a delivery, each with a payload and a text of its own. An event without an id is identified by its content, so
 * it is the same event also in another delivery, among other events.
 *
 * @returns null if the delivery is one event.
 */
export function partsOf(each: Each, verified: Verified): readonly Verified[] | null {
  const { payload, headers } = headersApart(exact(verified));
  const together = payload[TOGETHER];
  const said: unknown = together ?? each(unmarked(payload), headers);
  // A delivery that waited because it could not be taken apart has a mark, which must be removed.
  const list = said === null && isSeveral(payload) ? [payload] : said;
  if (list === null) return null;
  if (!Array.isArray(list)) throw new TypeError('each must return a list, or null');
  if (list.length > MOST) throw new TooManyParts(list.length);
  const kept = Object.hasOwn(verified.payload, KEPT_HEADERS) ? headers : null;
  return list.map((part: unknown, index) => partOf(part, index, verified.id, kept));
}

/** The form in which a delivery waits in quarantine if it could not be taken apart. */
export function asWhole({ payload, text, digest, id }: Verified): Verified {
  return {
    payload: { ...payload, [WHOLE]: true },
    text: JSON.stringify({ ...(parseJson(text) as JsonObject), [WHOLE]: true }),
    digest,
    ...(id !== undefined && { id }),
  };
}

/** Joins several parts of one delivery, so that they wait together: hundreds of parts would need hundreds of writes. */
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

/** Whether the payload in quarantine holds more than one event, so that it must be taken apart at its release. */
export function isSeveral(payload: JsonObject): boolean {
  return Object.hasOwn(payload, WHOLE) || Object.hasOwn(payload, TOGETHER);
}

/** A delivery has more events than are taken at once. */
export class TooManyParts extends Error {
  constructor(count: number) {
    super(`has ${count} events, and ${MOST} at most are accepted at once`);
  }
}

function unmarked(payload: JsonObject): JsonObject {
  if (!isSeveral(payload)) return payload;
  const { [WHOLE]: _whole, [TOGETHER]: _together, ...rest } = payload;
  return rest;
}

/** In the text of a part, numbers that a double can't hold must be as they were sent. */
function exact({ payload, text }: Verified): JsonObject {
  return survey(text).mayLose ? (parseJson(text) as JsonObject) : payload;
}

/** @param headers the delivery's headers; null if its definition names none. */
function partOf(part: unknown, index: number, id: string | undefined, headers: NamedHeaders | null): Verified {
  // An item that is no object can be no event: it waits by itself, and the other parts don't.
  const { payload, text } = keptOf(unmarked(isObject(part) ? part : { body: part }));
  const verified = {
    payload,
    text,
    get digest() {
      return sha256Hex(text);
    },
    // The sender's id is that of the whole delivery, which is repeated with the same events in the same order.
    ...(id !== undefined && { id: `${id}.${index}` }),
  };
  return headers === null ? verified : keepHeaders(verified, headers);
}
