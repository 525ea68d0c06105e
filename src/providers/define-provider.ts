import type { z } from 'zod';
import { HookcastError } from '../errors.ts';
import type { Introduction } from './about.ts';
import { Checks } from './checks.ts';
import type { ProviderDefinition } from './definition.ts';
import { deliveryOf } from './delivery.ts';
import { fieldsOf } from './expected-fields.ts';
import { introduce } from './introduce.ts';
import { Keeper } from './keeper.ts';
import { KEPT_HEADERS, keepHeaders, namedHeaders, told } from './kept-headers.ts';
import { Namer } from './namer.ts';
import { normalise } from './normalise.ts';
import { partsOf } from './parts.ts';
import { issuesOf } from './payload.ts';
import { prepareSchema } from './prepare-schema.ts';
import type { Arrived, Provider, Unnormalised, Verified } from './provider.ts';
import { checkReconcile } from './reconcile.ts';
import type { Sample } from './sample.ts';
import { checkRespond } from './respond.ts';
import { isThenable } from './thenable.ts';
import type { Verifier } from './verifier.ts';

/** Letters that a tenant, a path and a metric's label can all hold. */
const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * A provider from its parts: how it signs, how it introduces an event, and what its events say. Everything else that makes
 * it one is the same for all: ids that are derived, what does not fit, what nobody expected.
 *
 * ```ts
 * const TicketSold = eventType('TicketSold', {
 *   description: 'A ticket was sold.',
 *   fields: z.object({ seat: id, price: money, show: open(text), buyer: person }),
 * });
 *
 * const sold = z.object({
 *   data: z.object({ seat: id, price: z.string(), show: z.string(), guest: z.object({ name: z.string(), email: z.string() }) }),
 * });
 *
 * export const theatre = (secrets: Secrets) =>
 *   defineProvider({
 *     name: 'theatre',
 *     verify: hmac({ secrets, header: 'x-theatre-signature', encoding: 'hex', prefix: 'sha256=' }),
 *     about({ payload }) {
 *       const envelope = z.object({ id, event: z.string(), house: id }).safeParse(payload);
 *       if (!envelope.success) return unfit(envelope.error);
 *       const { id: eventId, event: type, house: account } = envelope.data;
 *       return type === 'ping' ? { outcome: 'pong' } : { type, eventId, account };
 *     },
 *     events: {
 *       'ticket.sold': event(sold, TicketSold, ({ data }) => ({
 *         seat: data.seat,
 *         price: { amount: data.price, currency: 'BRL' },
 *         show: data.show,
 *         buyer: data.guest,
 *       })),
 *     },
 *   });
 * ```
 *
 * @throws {Error} for a name that is none, and for an answer that HTTP has no form for.
 */
export function defineProvider<A extends Introduction>(definition: ProviderDefinition<A>): Provider {
  const { name, verify, events, bodyAt = [], samples = [], types = [], largestBody } = definition;
  const { each, challenge = [], reconcile, respond } = definition;
  const headers = (definition.headers ?? []).map((header) => header.toLowerCase());
  if (!NAME.test(name))
    throw new Error(`"${name}" is not a name for a provider: use lower case letters, digits and dashes`);
  if (respond) checkRespond(name, respond);
  if (reconcile) checkReconcile(name, reconcile);
  const bringsUnder = challenge.flatMap((one) => (one.signed ? [] : (one.bringsUnder ?? [])));
  // By the schemas, since many events of a family have one and the same.
  const expected = new Map<z.ZodType, ReadonlySet<string> | null>();
  const declared = [...new Set([...types, ...Object.values(events).flatMap(({ type }) => type ?? [])])];
  const maker = { name, key: verify.key, checks: new Checks(), keeper: new Keeper() };
  const expectedFields = (type: string) => {
    if (!Object.hasOwn(events, type)) return null;
    const { schema } = events[type]!;
    if (!expected.has(schema)) expected.set(schema, fieldsIn(schema, bodyAt, headers));
    return expected.get(schema) ?? null;
  };
  return {
    name,
    ...(largestBody !== undefined && { largestBody }),
    types: declared,
    verify: headers.length === 0 ? (arrived) => verify.verify(deliveryOf(arrived)) : verifyWithHeaders(verify, headers),
    sign: verify.sign,
    ...(verify.needsUrl && { needsUrl: true }),
    ...(verify.pathSecret && { pathSecret: true }),
    ...(verify.unsigned !== undefined && { unsigned: verify.unsigned }),
    ...(each && { parts: (verified: Verified) => partsOf(each, verified) }),
    ...(challenge.length > 0 && { challenges: challenge }),
    ...(bringsUnder.length > 0 && { bringsUnder }),
    ...(respond && { respond }),
    ...(reconcile && { reconcile }),
    // Samples written for `defineProvider` get an id and a time from their caller. hookcast's own samples also work without,
    // for demonstrations.
    samples: samples as readonly Sample[],
    normalise(verified, place) {
      const named = { ...place, namer: place.namer ?? new Namer({ secret: '', hasFormer: false }) };
      const introduced = introduce(definition, told(verified, headers.length > 0), named);
      if ('outcome' in introduced) return introduced;
      const { type } = introduced.about;
      const known = Object.hasOwn(events, type) ? events[type]! : null;
      return normalise(maker, known, introduced, verified, named);
    },
    expectedFields,
    schemaOf: (type) => (Object.hasOwn(events, type) ? { schema: events[type]!.schema, at: bodyAt } : null),
    *prepare() {
      const seen = new Set<z.ZodType>();
      for (const [type, { schema }] of Object.entries(events)) {
        yield* prepareSchema(schema, seen);
        yield expectedFields(type);
      }
      for (const { schema } of declared) yield* prepareSchema(schema, seen);
    },
  };
}

/**
 * Refuses a delivery from within your own verifier: it is answered 401, and not kept. Any other error of a verifier is answered
 * 401 as well, but is also logged, since it was not intended.
 *
 * @param message for the sender and the log. It must hold no secret, and nothing of what was sent.
 */
export function refuse(message: string): never {
  throw new HookcastError('SIGNATURE_INVALID', message);
}

/**
 * Says that a payload is not in the provider's form, and where.
 *
 * @param known what can be read of it nevertheless. By its account, a source that takes only some accounts ignores another's
 *   delivery, and an erasure of another account's person leaves it alone.
 */
export function unfit(
  error: z.ZodError,
  known: { readonly type?: string; readonly eventId?: string; readonly account?: string | null } = {},
): Unnormalised {
  const { type = null, eventId = null, account = null } = known;
  return { outcome: 'unfit', type, eventId, issues: issuesOf(error), account };
}

function verifyWithHeaders(verifier: Verifier, names: readonly string[]): Provider['verify'] {
  const kept = (verified: Verified, arrived: Arrived) => keepHeaders(verified, namedHeaders(names, arrived.headers));
  return (arrived) => {
    const verified = verifier.verify(deliveryOf(arrived));
    return isThenable(verified)
      ? Promise.resolve(verified).then((authentic) => kept(authentic, arrived))
      : kept(verified, arrived);
  };
}

/**
 * The expected fields of a schema. Null if the schema can't be read, for example since two parts of it have one name: then the
 * first delivery decides what is expected.
 */
function fieldsIn(schema: z.ZodType, at: readonly string[], headers: readonly string[]): ReadonlySet<string> | null {
  try {
    const fields = fieldsOf(schema, at);
    return headers.length === 0 ? fields : new Set([...fields, `${KEPT_HEADERS}.**`]);
  } catch {
    return null;
  }
}
