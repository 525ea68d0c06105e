import { ofAccounts } from '../accounts.ts';
import type { About } from '../about.ts';
import { defineProvider } from '../define-provider.ts';
import type { EventDefinition } from '../definition.ts';
import type { JsonObject } from '../payload.ts';
import type { Provider } from '../provider.ts';
import type { Sample } from '../sample.ts';
import type { Secrets } from '../verify/secrets.ts';
import type { SecretEncoding } from '../verify/standard-keys.ts';
import { standardSignature } from '../verify/standard-signature.ts';
import { type EnvelopePaths, checkPlaces, placed, timeIn, typeIn, untyped } from './envelope.ts';

export interface StandardWebhooksOptions extends EnvelopePaths {
  /** See `standardSignature`. */
  readonly secrets: Secrets;
  /** See `standardSignature`. */
  readonly secretEncoding?: SecretEncoding | undefined;
  /** What the sender is called: the first part of its tenants. `standard-webhooks`, unless told otherwise. */
  readonly name?: string;
  /** Both ways, in seconds. Five minutes, unless told otherwise. */
  readonly tolerance?: number;
  /** Whose account a body is of. The source's name, where there is none. */
  readonly account?: (payload: JsonObject) => string | null;
  /** The events that have a type of their own in the schema, by their names. Their schemas are for the whole body. */
  readonly events?: Readonly<Record<string, EventDefinition<About>>>;
  readonly samples?: readonly Sample[];
}

/**
 * Any sender that signs by Standard Webhooks 1.0.0. `webhook-id` is the event's id. What the body says of its type and time is
 * only advice of the specification, and senders don't all follow it: see `Places`.
 *
 * ```ts
 * standardWebhooks({
 *   name: 'theatre',
 *   secrets: [process.env.THEATRE_SECRET],
 *   events: {
 *     'seat.cancelled': event(z.object({ data: z.object({ seat: id, show: z.string() }) }), TicketCancellation, ({ data }) => ({
 *       reference: data.seat,
 *       title: data.show,
 *     })),
 *   },
 * });
 * ```
 */
export function standardWebhooks(options: StandardWebhooksOptions): Provider {
  const {
    secrets,
    secretEncoding,
    typeAt,
    timeAt,
    defaultType,
    name = 'standard-webhooks',
    tolerance = 300,
    account,
    events = {},
    samples,
  }: StandardWebhooksOptions = options ?? {};
  const places = { typeAt, timeAt, defaultType };
  checkPlaces(name, places);
  const provider = defineProvider({
    name,
    verify: standardSignature({ secrets, secretEncoding, tolerance }, name),
    about({ payload }) {
      const type = typeIn(payload, places);
      if (type === null) return untyped(places, accountIn(payload, account));
      return { type, occurredAt: timeIn(payload, places), account: account?.(payload) };
    },
    events,
    samples: samples ?? samplesOf(places),
  });
  // Where nothing in a body says whose it is, nobody can sign for another account.
  return account ? provider : ofAccounts(provider, []);
}

/** Of a body that is not of the form which the operator's function was written for. */
function accountIn(payload: JsonObject, account: StandardWebhooksOptions['account']): string | null {
  try {
    return account?.(payload) ?? null;
  } catch {
    return null;
  }
}

/** Named and dated where the options say. */
function samplesOf(places: EnvelopePaths): readonly Sample[] {
  return [
    {
      event: 'seat.cancelled',
      payload: (fresh) =>
        placed(places, {
          type: 'seat.cancelled',
          time: fresh?.at.toISOString() ?? '2026-04-04T18:30:00.100200Z',
          body: { data: { seat: fresh?.id ?? 'row-7-seat-12', show: 'Much Ado' } },
        }),
    },
  ];
}
