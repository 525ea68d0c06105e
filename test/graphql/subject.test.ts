import { expect, it } from 'vitest';
import { eduzzSamples } from '../../src/providers/eduzz/samples.ts';
import { TestGateway } from '../support/gateway.ts';

const ASK = `query Became($subject: String!, $tenant: ID) {
  subject(subject: $subject, tenant: $tenant) {
    subject happened
    events(first: 10) { pageInfo { hasNextPage } edges { node { __typename ... on OrderChange { orderChange value { amount currency } } } } }
  }
}`;

it('GQL2.7 says what became of an order, in order, and whether the money went back', async () => {
  const gateway = await TestGateway.start();
  const deliver = async (event: string, order: string) => {
    const sample = eduzzSamples
      .find((one) => one.event === event)!
      .payload({ id: `${event} ${order}`, at: new Date() });
    const payload = { ...sample, data: { ...(sample['data'] as object), id: order } };
    expect((await gateway.eduzz(payload)).body).toMatchObject({ status: 'accepted' });
  };
  const became = async (subject: string, claims = {}) => {
    const { data, errors } = await gateway.query(ASK, { subject }, claims);
    expect(errors).toBeUndefined();
    return data!['subject'];
  };
  for (const event of ['myeduzz.invoice_opened', 'myeduzz.invoice_paid']) await deliver(event, '77');
  await deliver('myeduzz.invoice_paid', '78');
  expect(await became('order/77')).toMatchObject({ subject: 'order/77', happened: 'PAID' });
  await deliver('myeduzz.invoice_refunded', '77');
  const { happened, events } = await became('order/77');
  expect(happened).toBe('REFUNDED');
  expect(events.edges.map(({ node }: any) => node.orderChange)).toEqual(['OPENED', 'PAID', 'REFUNDED']);
  expect(events.pageInfo).toEqual({ hasNextPage: false });
  await deliver('myeduzz.invoice_canceled', '79');
  expect(await became('order/79')).toMatchObject({ happened: 'CANCELED' });
  // No other tenant's, and no unknown one.
  const [mine] = (await gateway.query('{ events(last: 1) { edges { node { tenant { id } } } } }')).data!['events']
    .edges;
  expect(await became('order/77', { tenants: [mine.node.tenant.id] })).toMatchObject({ happened: 'REFUNDED' });
  expect(await became('order/77', { tenants: ['eduzz:another'] })).toBeNull();
  expect(await became('order/80')).toBeNull();
});
