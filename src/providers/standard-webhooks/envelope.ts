import type { Instant } from '../../events/instant.ts';
import type { Unnormalised } from '../provider.ts';
import { readInstant } from '../instant.ts';
import { type JsonObject, isObject } from '../payload.ts';

/** Where a body has its type and time. Each path is a list of member names. */
export interface EnvelopePaths {
  /** Default: `type`, `event_type`, `eventType` or `event`, the first of these that is a text. */
  readonly typeAt?: readonly string[] | undefined;
  /** Default: `timestamp`, `created_at` or another of the usual names, the first of these that is a time. */
  readonly timeAt?: readonly string[] | undefined;
  /** The type of an event whose body has none. Without this option, such a delivery waits in quarantine. */
  readonly defaultType?: string | undefined;
}

/** The specification has the first. Senders use the others instead. Supabase's hooks have `metadata.name`, or no type. */
const TYPES: readonly string[] = ['type', 'event_type', 'eventType', 'event'];
/** The specification has the first, which 360Learning writes in milliseconds. OpenAI has `created_at`, in seconds. */
const TIMES: readonly string[] = [
  'timestamp',
  'created_at',
  'createdAt',
  'created',
  'occurred_at',
  'occurredAt',
  'event_time',
  'eventTime',
  'sent_at',
  'sentAt',
  'time',
  'date',
];
const LONGEST_TYPE = 256;

/** @throws {Error} if a path is no list of names, or the default type is no valid type. */
export function checkPlaces(where: string, { typeAt, timeAt, defaultType }: EnvelopePaths): void {
  for (const [option, place] of Object.entries({ typeAt, timeAt })) {
    const isPlace = Array.isArray(place) && place.length > 0 && place.every((name) => typeof name === 'string');
    if (place !== undefined && !isPlace) {
      throw new Error(`${where}: ${option} must be the names of the path to it, such as ['metadata', 'name']`);
    }
  }
  if (defaultType === undefined || isType(defaultType)) return;
  throw new Error(`${where}: defaultType must be a text of up to ${LONGEST_TYPE} characters`);
}

/** Null if the body has no type and no option sets one. */
export function typeIn(payload: JsonObject, { typeAt, defaultType }: EnvelopePaths): string | null {
  const said = typeAt ? [valueAt(payload, typeAt)] : TYPES.map((name) => memberOf(payload, name));
  return said.find(isType) ?? defaultType ?? null;
}

export function timeIn(payload: JsonObject, { timeAt }: EnvelopePaths): Instant | null {
  if (timeAt) return readInstant(valueAt(payload, timeAt));
  for (const name of TIMES) {
    const instant = readInstant(memberOf(payload, name));
    if (instant) return instant;
  }
  return null;
}

/** A body for a sample, with its type and time at the places that the options name. */
export function placed(
  { typeAt = ['type'], timeAt = ['timestamp'] }: EnvelopePaths,
  { type, time, body }: { readonly type: string; readonly time: string; readonly body: JsonObject },
): Record<string, unknown> {
  return withValueAt(withValueAt(body, typeAt, type), timeAt, time);
}

function withValueAt(
  object: JsonObject,
  [name = '', ...others]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const member = memberOf(object, name);
  const inner = others.length === 0 ? value : withValueAt(isObject(member) ? member : {}, others, value);
  return { ...object, [name]: inner };
}

/** The outcome of a delivery without a type. */
export function untyped({ typeAt = ['type'] }: EnvelopePaths, account: string | null): Unnormalised {
  const message =
    'expected the name of the event; if it is elsewhere, set typeAt (STANDARD_WEBHOOKS_TYPE_AT), and if the sender ' +
    'sends none, set defaultType (STANDARD_WEBHOOKS_DEFAULT_TYPE)';
  return { outcome: 'unfit', type: null, eventId: null, issues: [{ path: typeAt.join('.'), message }], account };
}

function isType(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_TYPE;
}

function valueAt(payload: JsonObject, place: readonly string[]): unknown {
  return place.reduce<unknown>((value, name) => (isObject(value) ? memberOf(value, name) : undefined), payload);
}

/** The object's own member, and not an inherited one. */
function memberOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
