import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { calendlyCanceled } from '../fixtures/providers.ts';
import { TestGateway } from '../support/gateway.ts';

const CALENDLY_KEY = 'a signing key, and its comma';
const POLAR_SECRET = 'polar_whs_of-the-suite-of-tests';

const EVENTS = /* GraphQL */ `
  {
    events(last: 10) {
      edges {
        node {
          type
          occurredAtText
          subject
          ... on BookingCancellation {
            canceledBy {
              type
              actorId
              name
            }
            createdBy {
              type
              actorId
              name
            }
            customerTimeZone
            paymentStatus
            price {
              amount
              currency
            }
          }
        }
      }
    }
  }
`;

/** Calendly's, and one of Standard Webhooks, as the settings alone make them. */
async function serve(): Promise<TestGateway> {
  return TestGateway.start({
    env: {
      SOURCES: 'calendly,standard-webhooks',
      CALENDLY_SECRETS: JSON.stringify([CALENDLY_KEY]),
      STANDARD_WEBHOOKS_SECRETS: `"${POLAR_SECRET}"`,
      STANDARD_WEBHOOKS_TYPE_AT: 'metadata.name',
      STANDARD_WEBHOOKS_TIME_AT: 'metadata.time',
      STANDARD_WEBHOOKS_DEFAULT_TYPE: 'hook',
    },
  });
}

async function sendCalendly(gateway: TestGateway): Promise<unknown> {
  const body = JSON.stringify(calendlyCanceled());
  const t = Math.floor(Date.now() / 1000);
  const v1 = createHmac('sha256', CALENDLY_KEY).update(`${t}.${body}`).digest('hex');
  const headers = { 'calendly-webhook-signature': `t=${t},v1=${v1}` };
  return (await gateway.post('calendly', { headers, body })).body['status'];
}

async function sendStandard(gateway: TestGateway, id: string, payload: Record<string, unknown>): Promise<unknown> {
  const body = JSON.stringify(payload);
  const t = String(Math.floor(Date.now() / 1000));
  const v1 = createHmac('sha256', POLAR_SECRET).update(`${id}.${t}.${body}`).digest('base64');
  const headers = { 'webhook-id': id, 'webhook-timestamp': t, 'webhook-signature': `v1,${v1}` };
  return (await gateway.post('standard-webhooks', { headers, body })).body['status'];
}

it('IN6.13 serves what the settings alone make of senders’ secrets, names and times', async () => {
  const gateway = await serve();
  expect(await sendCalendly(gateway)).toBe('accepted');
  const metadata = { name: 'before-user-created', time: 1778231411121 };
  expect(await sendStandard(gateway, 'msg_1', { metadata, user: {} })).toBe('accepted');
  expect(await sendStandard(gateway, 'msg_2', { user: {} })).toBe('accepted');
  const read = async (scope: string) => {
    const { data, errors } = await gateway.query(EVENTS, {}, { scope });
    expect(errors).toBeUndefined();
    return data!['events'].edges.map(({ node }: { node: unknown }) => node);
  };
  const said = {
    type: 'invitee.canceled',
    subject: 'booking/invitee-1',
    paymentStatus: 'PAID',
    price: { amount: '49.5', currency: 'NZD' },
  };
  expect(await read('events:read pii:read')).toMatchObject([
    {
      ...said,
      canceledBy: { type: 'CUSTOMER', actorId: null, name: 'Mona Fingiert' },
      createdBy: { type: 'BUSINESS', actorId: 'user-2', name: null },
      customerTimeZone: 'Pacific/Auckland',
    },
    { type: 'before-user-created', occurredAtText: '1778231411121' },
    { type: 'hook' },
  ]);
  const [withheld] = await read('events:read');
  expect(withheld).toMatchObject({
    ...said,
    canceledBy: { type: 'CUSTOMER', actorId: null, name: null },
    createdBy: { type: 'BUSINESS', actorId: null },
    customerTimeZone: null,
  });
});
