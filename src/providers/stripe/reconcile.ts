import { z } from 'zod';
import { id } from '../fields.ts';
import type { JsonObject } from '../payload.ts';
import { ApiError, ProviderApi } from '../provider-api.ts';
import type { Reconcile, StatePage, StateRequest } from '../reconcile.ts';

export interface StripeApi {
  /** A restricted key, `rk_live_…`, is enough if it may read events and webhook endpoints. */
  readonly key: string;
  /** Default: Stripe's own. */
  readonly origin?: string;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Limits of https://docs.stripe.com/api/events/list: 100 events at a time, 20 types, and nothing older than 30 days. */
const PAGE = 100;
const MOST_TYPES = 20;

const list = z.looseObject({
  object: z.literal('list'),
  data: z.array(z.looseObject({ id, object: z.literal('event'), type: z.string() })),
  has_more: z.boolean(),
});
const endpoints = z.looseObject({
  data: z.array(
    z.looseObject({ url: z.string(), status: z.enum(['enabled', 'disabled']), enabled_events: z.array(z.string()) }),
  ),
});
const place = z.object({ after: id, types: z.array(z.string()) });

/**
 * Reads `/v1/events`, whose events are the same as the webhooks', with the same ids. The API has events of all types, but an endpoint asks
 * for some types only. Events of other types were not missed. So the types of the endpoint are read as well, if the key may read them.
 *
 * @param known the types that hookcast knows. Only these are compared.
 */
export function reconcileStripe(
  { key, origin = 'https://api.stripe.com' }: StripeApi,
  known: readonly string[],
): Reconcile {
  const api = new ProviderApi({ origin, headers: { authorization: `Bearer ${key}` } });
  return {
    every: 15 * MINUTE,
    lookBack: 6 * 60 * MINUTE,
    longest: 30 * DAY,
    async list(request) {
      const { since, until, cursor, signal } = request;
      const begun = cursor === null ? null : place.parse(JSON.parse(cursor));
      const endpoint = begun ? null : await endpointOf(api, request);
      const types = begun?.types ?? known.filter((type) => endpoint?.wants(type) ?? true);
      const webhook = endpoint?.webhook ?? null;
      if (types.length === 0) return { items: [], next: null, webhook };
      const answer = await api.get(
        '/v1/events',
        {
          limit: PAGE,
          'created[gte]': Math.floor(since / 1000),
          'created[lt]': Math.floor(until / 1000),
          'types[]': types.length <= MOST_TYPES ? types : [],
          starting_after: begun?.after,
        },
        signal,
      );
      return { ...pageOf(answer, types), webhook };
    },
  };
}

function pageOf(answer: unknown, types: readonly string[]): StatePage {
  const parsed = list.safeParse(answer);
  if (!parsed.success) throw new ApiError('NONSENSE', '/v1/events did not answer with a list of events.');
  const { data, has_more: hasMore } = parsed.data;
  const last = data.at(-1);
  if (hasMore && !last) throw new ApiError('NONSENSE', '/v1/events says that there are more events, but returns none.');
  const wanted = new Set(types);
  // Taken from the answer and not from the parsed copy, whose numbers may be less exact. Stripe lists the newest first.
  const events = (answer as { readonly data: readonly JsonObject[] }).data.filter(({ type }) =>
    wanted.has(String(type)),
  );
  return { items: events.toReversed(), next: hasMore ? JSON.stringify({ after: last!.id, types }) : null };
}

/** The settings of the source's endpoint. Null if the key may not read them, or if no endpoint has the source's path. */
async function endpointOf(api: ProviderApi, { source, signal }: StateRequest) {
  const answer = await api.get('/v1/webhook_endpoints', { limit: PAGE }, signal).catch((error: unknown) => {
    if (error instanceof ApiError && error.trouble === 'REFUSED') return null;
    throw error;
  });
  const parsed = endpoints.safeParse(answer);
  if (!parsed.success) return null;
  const own = parsed.data.data.filter(
    ({ url }) => URL.canParse(url) && new URL(url).pathname.endsWith(`/webhooks/${source}`),
  );
  if (own.length === 0) return null;
  const wanted = new Set(own.flatMap(({ enabled_events: events }) => events));
  const isOn = own.some(({ status }) => status === 'enabled');
  return {
    wants: (type: string) => wanted.has('*') || wanted.has(type),
    webhook: isOn ? ('ON' as const) : ('OFF' as const),
  };
}
