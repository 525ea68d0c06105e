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
  /** The sender's name, which is the first part of its tenants. Default: `standard-webhooks`. */
  readonly name?: string;
  /** The largest difference of the signed time in both directions, in seconds. Default: five minutes. */
  readonly tolerance?: number;
  /** Returns the account of a body. Without this option, the account is the source's name. */
  readonly account?: (payload: JsonObject) => string | null;
  /** The events that have a type of their own in the schema, by name. Their schemas check the whole body. */
  readonly events?: Readonly<Record<string, EventDefinition<About>>>;
  readonly samples?: readonly Sample[];
}

/**
 * Any sender that signs by Standard Webhooks 1.0.0. `webhook-id` is the event's id. The specification only recommends where a body has
 * its type and time, and some senders have them elsewhere: see `EnvelopePaths`.
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
  // If no option reads the account from the body, the sender can't sign for another account.
  return account ? provider : ofAccounts(provider, []);
}

/** The operator's function throws if the body has another form than it expects. */
function accountIn(payload: JsonObject, account: StandardWebhooksOptions['account']): string | null {
  try {
    return account?.(payload) ?? null;
  } catch {
    return null;
  }
}

/** The samples, with type and time at the places that the options name. */
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
