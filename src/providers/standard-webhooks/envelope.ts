import type { Instant } from '../../events/instant.ts';
import type { Unnormalised } from '../provider.ts';
import { readInstant } from '../instant.ts';
import { type JsonObject, isObject } from '../payload.ts';

/** Where a body says what happened and when, as the names on the way to it. */
export interface EnvelopePaths {
  /** Left out: `type`, `event_type`, `eventType` or `event`, the first of these that is a text. */
  readonly typeAt?: readonly string[] | undefined;
  /** Left out: `timestamp`, `created_at` or another of the usual names, the first of these that is a time. */
  readonly timeAt?: readonly string[] | undefined;
  /** What an event is called whose body says no type. Left out, such a delivery waits in quarantine. */
  readonly defaultType?: string | undefined;
}

/** The first is the specification's, the others are what senders write instead. Supabase's hooks say `metadata.name`, or nothing. */
const TYPES: readonly string[] = ['type', 'event_type', 'eventType', 'event'];
/** The first is the specification's, which 360Learning writes as milliseconds; OpenAI has `created_at`, as seconds. */
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

/** @throws {Error} for options that name no place, and no type. */
export function checkPlaces(where: string, { typeAt, timeAt, defaultType }: EnvelopePaths): void {
  for (const [option, place] of Object.entries({ typeAt, timeAt })) {
    const isPlace = Array.isArray(place) && place.length > 0 && place.every((name) => typeof name === 'string');
    if (place !== undefined && !isPlace) {
      throw new Error(`${where}: ${option} must be the names on the way to it, such as ['metadata', 'name']`);
    }
  }
  if (defaultType === undefined || isType(defaultType)) return;
  throw new Error(`${where}: defaultType must be a text of up to ${LONGEST_TYPE} characters`);
}

/** Null where the body says none, and no option does. */
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

/** The other way round, for samples: a body that is named and dated where the options say. */
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

/** What becomes of a delivery that says no type. */
export function untyped({ typeAt = ['type'] }: EnvelopePaths, account: string | null): Unnormalised {
  const message =
    'expected the name of the event; if it stands elsewhere, set typeAt (STANDARD_WEBHOOKS_TYPE_AT), and if the sender ' +
    'says none, defaultType (STANDARD_WEBHOOKS_DEFAULT_TYPE)';
  return { outcome: 'unfit', type: null, eventId: null, issues: [{ path: typeAt.join('.'), message }], account };
}

function isType(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_TYPE;
}

function valueAt(payload: JsonObject, place: readonly string[]): unknown {
  return place.reduce<unknown>((value, name) => (isObject(value) ? memberOf(value, name) : undefined), payload);
}

/** Its own, and not one that every object has. */
function memberOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
