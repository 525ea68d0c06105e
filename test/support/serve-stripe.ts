import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const STRIPE_SECRET = 'whsec_of-tests-and-nobody-else';
export const STRIPE_KEY = 'rk_test_of-tests-and-nobody-else';

export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  /** Seconds. */
  readonly created: number;
  readonly [member: string]: unknown;
}

/** A subscription that ended, as Stripe tells of it. */
export function subscriptionDeleted(number: number, created: number): StripeEvent {
  const ended = { canceled_at: created, ended_at: created, status: 'canceled', customer: `cus_${number}` };
  return {
    id: `evt_${String(number).padStart(6, '0')}`,
    object: 'event',
    type: 'customer.subscription.deleted',
    created,
    livemode: false,
    data: { object: { id: `sub_${number}`, object: 'subscription', ...ended, items: { data: [] } } },
  };
}

export function signedAsStripe(event: StripeEvent, at: number) {
  const body = JSON.stringify(event);
  const seconds = Math.floor(at / 1000);
  const signature = createHmac('sha256', STRIPE_SECRET).update(`${seconds}.${body}`).digest('hex');
  return { headers: { 'stripe-signature': `t=${seconds},v1=${signature}` }, body: Buffer.from(body) };
}

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** Stripe's API as far as it is documented, on a port of its own: `/v1/events` and `/v1/webhook_endpoints`. */
export async function serveStripe(events: () => readonly StripeEvent[]) {
  const asked: URL[] = [];
  /** Other answers, one for each request to `/v1/events`. */
  const instead: Answering[] = [];
  const endpoint = { url: 'https://hooks.example/webhooks/stripe', status: 'enabled', enabled_events: ['*'] };
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://localhost');
    asked.push(url);
    if (request.headers.authorization !== `Bearer ${STRIPE_KEY}`)
      return void response.writeHead(401).end('{"error":{}}');
    if (url.pathname === '/v1/webhook_endpoints')
      return void response.end(JSON.stringify({ object: 'list', data: [endpoint], has_more: false }));
    const other = instead.shift();
    if (other) return other(request, response);
    response.end(JSON.stringify(pageOf(events(), url.searchParams)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { origin, asked, instead, endpoint, close };
}

function pageOf(events: readonly StripeEvent[], asked: URLSearchParams) {
  const types = asked.getAll('types[]');
  const [from, before] = [Number(asked.get('created[gte]')), Number(asked.get('created[lt]'))];
  const listed = events
    .filter(({ created, type }) => created >= from && created < before && (types.length === 0 || types.includes(type)))
    .toSorted((one, other) => other.created - one.created || (other.id < one.id ? -1 : 1));
  const after = asked.get('starting_after');
  const begin = after === null ? 0 : listed.findIndex(({ id }) => id === after) + 1;
  const data = listed.slice(begin, begin + Number(asked.get('limit')));
  return { object: 'list', url: '/v1/events', data, has_more: begin + data.length < listed.length };
}
