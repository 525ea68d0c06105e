import { expect, it } from 'vitest';
import { TestGateway } from '../support/gateway.ts';
import { timeZone } from './recipes/time-zone.ts';

const COUNT = /* GraphQL */ `
  query Count($timeZone: String) {
    activity(from: "2026-07-07T01:00:00Z", to: "2026-07-07T01:01:00Z", bucket: DAY, timeZone: $timeZone) {
      buckets {
        startsAt
      }
    }
  }
`;

it('GQL5.8 counts in UTC if the client knows no time zone, by the recipe and without it', async () => {
  const gateway = await TestGateway.start();
  const startsAt = async (timeZone: string) => {
    const { data, errors } = await gateway.query(COUNT, { timeZone });
    return errors ?? data?.['activity'].buckets[0].startsAt;
  };
  const utc = '2026-07-07T00:00:00.000Z';
  const all: [machine: string, zone: string, midnight: string][] = [
    ['America/Sao_Paulo', 'America/Sao_Paulo', '2026-07-06T03:00:00.000Z'],
    ['UTC', 'UTC', utc],
    ['Mars/Olympus', 'UTC', utc],
    // Last, to be sure that it is the machine's own zone.
    ['Etc/Unknown', 'UTC', utc],
  ];
  for (const [machine, zone, midnight] of all) {
    process.env['TZ'] = machine;
    expect(timeZone()).toBe(zone);
    expect(await startsAt(timeZone())).toBe(midnight);
  }
  // A frontend that hands on what its browser says.
  const said = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect([said, await startsAt(said)]).toEqual(['Etc/Unknown', utc]);
});
