import { expect, it } from 'vitest';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { calComCancelled } from '../fixtures/providers.ts';
import { TestGateway } from '../support/gateway.ts';

const BOOKINGS = /* GraphQL */ `
  {
    cancellations {
      edges {
        node {
          eventId
          customer {
            phone
          }
          ... on BookingCancellation {
            seatId
            seatsPerSlot
            series {
              seriesId
              unit
              every
              occurrences
              until {
                instant
              }
            }
            price {
              amount
              currency
            }
            customerTimeZone
            slot {
              location {
                name
                type
              }
            }
          }
        }
      }
    }
  }
`;

it('IN6.11 serves whether one seat or a series was cancelled, also to viewers without personal data', async () => {
  const provider = calCom({ secrets: ['secret of a form'] });
  const gateway = await TestGateway.start({ sources: new Map([['calcom', provider]]) });
  const send = async (fields: Record<string, unknown>, at: string) => {
    const { headers, body } = await provider.sign!({ ...calComCancelled(fields), createdAt: at }, new Date());
    return gateway.post('calcom', { headers, body });
  };
  const seat = { attendeeSeatId: 'seat-1', seatsPerTimeSlot: 8, location: 'integrations:daily' };
  const accepted = await send(seat, '2026-05-06T07:08:09.010Z');
  expect(accepted).toMatchObject({ status: 200, body: { status: 'accepted' } });
  // The webhook of the team gets it as well.
  expect(await send(seat, '2026-05-06T07:08:09.011Z')).toMatchObject({ status: 200, body: { status: 'duplicate' } });
  const until = '2026-12-31T00:00:00.000Z';
  await send({ uid: 'weekly', recurringEvent: { freq: 2, interval: 1, count: 3_000_000_000, until } }, until);

  const served = async (claims = {}) => {
    const { data, errors } = await gateway.query(BOOKINGS, {}, claims);
    expect(errors).toBeUndefined();
    return data?.['cancellations'].edges.map(({ node }: { node: unknown }) => node);
  };
  const series = { seriesId: null, unit: 'WEEK', every: 1, occurrences: 3_000_000_000, until: { instant: until } };
  const price = { amount: '45.50', currency: 'EUR' };
  const said = [
    { seatId: 'seat-1', seatsPerSlot: 8, series: null, price, slot: { location: { type: 'integrations:daily' } } },
    { seatId: null, seatsPerSlot: null, series, price, slot: { location: { type: null } } },
  ];
  expect(await served()).toMatchObject([
    { ...said[0], customerTimeZone: 'Asia/Tokyo', customer: { phone: '+351900000000' } },
    { ...said[1], slot: { location: { name: 'Rua Inventada 5' } } },
  ]);
  expect(await served({ scope: 'events:read' })).toMatchObject(
    said.map((one) => ({ ...one, customer: null, customerTimeZone: null })),
  );
});
