import { z } from 'zod';
import { ofAccounts } from '../accounts.ts';
import type { About } from '../about.ts';
import type { EventDefinition } from '../definition.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { parseInstant } from '../instant.ts';
import type { JsonObject } from '../payload.ts';
import type { Provider } from '../provider.ts';
import type { Sample } from '../sample.ts';
import type { Secrets } from '../verify/secrets.ts';
import { standardSignature } from '../verify/standard-signature.ts';

export interface StandardWebhooksOptions {
  /** See `standardSignature`. */
  readonly secrets: Secrets;
  /** What the sender is called: the first part of its tenants. `standard-webhooks`, unless told otherwise. */
  readonly name?: string;
  /** Both ways, in seconds. Five minutes, unless told otherwise. */
  readonly tolerance?: number;
  /** Whose account a body is of. The source's name, where there is none. */
  readonly account?: (payload: JsonObject) => string | null;
  /** The events that have a type. Their schemas are for the whole body, `{type, timestamp, data}`. */
  readonly events?: Readonly<Record<string, EventDefinition<About>>>;
  readonly samples?: readonly Sample[];
}

const envelope = z.object({ type: z.string().min(1).max(256), timestamp: z.unknown().optional() });

/**
 * Any sender that keeps to Standard Webhooks 1.0.0: `webhook-id` is the event's id, and the body says its type and time.
 *
 * ```ts
 * standardWebhooks({
 *   name: 'theatre',
 *   secrets: [process.env.THEATRE_SECRET],
 *   events: {
 *     'seat.cancelled': event(z.object({ data: z.object({ seat: id, show: z.string() }) }), ({ data }) =>
 *       cancellation({ kind: 'TICKET', ticketNumber: data.seat, title: data.show }),
 *     ),
 *   },
 * });
 * ```
 */
export function standardWebhooks(options: StandardWebhooksOptions): Provider {
  const {
    secrets,
    name = 'standard-webhooks',
    tolerance = 300,
    account,
    events = {},
    samples = standardWebhooksSamples,
  }: StandardWebhooksOptions = options ?? {};
  const provider = defineProvider({
    name,
    verify: standardSignature({ secrets, tolerance }, name),
    about({ payload }) {
      const parsed = envelope.safeParse(payload);
      if (!parsed.success) return unfit(parsed.error, { account: accountIn(payload, account) });
      const { type, timestamp } = parsed.data;
      const occurredAt = typeof timestamp === 'string' ? parseInstant(timestamp) : null;
      return { type, occurredAt, account: account?.(payload) };
    },
    events,
    samples,
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

const standardWebhooksSamples: readonly Sample[] = [
  {
    event: 'seat.cancelled',
    payload: (fresh) => ({
      type: 'seat.cancelled',
      timestamp: fresh?.at.toISOString() ?? '2026-04-04T18:30:00.100200Z',
      data: { seat: fresh?.id ?? 'row-7-seat-12', show: 'Much Ado' },
    }),
  },
];
