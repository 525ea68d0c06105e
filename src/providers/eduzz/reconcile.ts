import { z } from 'zod';
import { id, idOrNone } from '../fields.ts';
import type { JsonObject } from '../payload.ts';
import { ApiError, ProviderApi } from '../provider-api.ts';
import type { Reconcile, StateRequest } from '../reconcile.ts';

export interface EduzzApi {
  /**
   * The token of an application of Eduzz's console, with the scope `myeduzz_sales_read`. With `webhook_read` it can also read whether the
   * webhook is on.
   */
  readonly token: string;
  /** The producer whose token it is. A sale does not name its producer. */
  readonly account: string;
  /** Default: Eduzz's own. */
  readonly origin?: string;
}

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const PAGE = 100;

/** https://developers.eduzz.com/reference/api/get-myeduzz-v1-sales and …-sales-id */
const sales = z.looseObject({
  pages: z.int().min(0).max(100_000),
  items: z.array(z.looseObject({ id, status: z.string() })).max(PAGE),
});
const text = z.string().nullish().catch(null);
const sale = z.looseObject({
  id,
  status: z.literal('canceled'),
  contractId: idOrNone.catch(null),
  total: z.looseObject({}).nullish().catch(null),
  installments: z.int().nullish().catch(null),
  dueDate: text,
  paidAt: text,
  paymentMethod: text,
  buyer: z.looseObject({}).nullish().catch(null),
  product: z.looseObject({ id: idOrNone, name: text }).nullish().catch(null),
});
/** https://developers.eduzz.com/reference/api/get-webhook-v1-subscription doesn't say what the form around the list is. */
const subscriptions = z.array(z.looseObject({ url: z.string(), status: z.string() }));
const listed = z.union([
  subscriptions,
  z.looseObject({ items: subscriptions }).transform(({ items }) => items),
  z.looseObject({ data: subscriptions }).transform(({ data }) => data),
]);

/**
 * Reads the canceled sales of MyEduzz. Eduzz's public API tells of no other cancellations: it has no list of Blinket's participants, and
 * documents no form of its subscriptions. A sale counts as the invoice of the same number only if the log has an event of this invoice,
 * since nothing public says that the numbers are the same.
 */
export function reconcileEduzz({ token, account, origin = 'https://api.eduzz.com' }: EduzzApi): Reconcile {
  if (account === '' || account === '*') {
    throw new Error(
      "the API needs the producer whose sales it reads: set EDUZZ_ACCOUNTS to the id of the token's producer, and no other",
    );
  }
  const api = new ProviderApi({ origin, headers: { authorization: `Bearer ${token}` } });
  return {
    every: HOUR,
    // The API filters sales by the time when they were made, and a sale may be canceled weeks later.
    lookBack: 45 * DAY,
    async list(request) {
      const { since, until, cursor, signal } = request;
      const page = cursor === null ? 1 : Number(cursor);
      const webhook = cursor === null ? await webhookOf(api, request) : null;
      const between = { startDate: dayOf(since), endDate: dayOf(until) };
      const asked = { ...between, status: 'canceled', page, itemsPerPage: PAGE };
      const parsed = sales.safeParse(await api.get('/myeduzz/v1/sales', asked, signal));
      if (!parsed.success) throw new ApiError('NONSENSE', '/myeduzz/v1/sales did not answer with a list of sales.');
      const { items, pages } = parsed.data;
      return {
        items: items.map((item) => canceledOf(item, account)).filter((item) => item !== null),
        next: page < pages ? String(page + 1) : null,
        webhook,
        onlyKnown: true,
      };
    },
  };
}

/** The payload that the webhook would have had, or null if the sale is not canceled. The API does not say when it was canceled. */
function canceledOf(item: unknown, account: string): JsonObject | null {
  const parsed = sale.safeParse(item);
  if (!parsed.success) return null;
  const { id, status, contractId, total, product, ...rest } = parsed.data;
  const { installments, dueDate, paidAt, paymentMethod, buyer } = rest;
  const items = product ? [{ productId: product.id, name: product.name }] : [];
  const of = { installments, dueDate, paidAt, paymentMethod, buyer, items };
  const data = {
    id,
    status,
    producer: { id: account },
    price: total,
    contract: contractId ? { id: contractId } : null,
    ...of,
  };
  return { event: 'myeduzz.invoice_canceled', data };
}

/** Null if the token may not read this, or if no subscription has the path of the source. */
async function webhookOf(api: ProviderApi, { source, signal }: StateRequest): Promise<'ON' | 'OFF' | null> {
  const answer = await api.get('/webhook/v1/subscription', {}, signal).catch((error: unknown) => {
    if (error instanceof ApiError && error.trouble !== 'BUSY') return null;
    throw error;
  });
  const parsed = listed.safeParse(answer);
  if (!parsed.success) return null;
  const own = parsed.data.filter(
    ({ url }) => URL.canParse(url) && new URL(url).pathname.endsWith(`/webhooks/${source}`),
  );
  if (own.length === 0) return null;
  // In the status `backup` Eduzz keeps what it could not send, and tries again.
  return own.some(({ status }) => status === 'active' || status === 'backup') ? 'ON' : 'OFF';
}

function dayOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}
