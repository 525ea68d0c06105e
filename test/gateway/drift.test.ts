import { expect, it } from 'vitest';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { TestGateway } from '../support/gateway.ts';
import { scrapeText } from '../support/metrics.ts';
import { sharedPostgres } from '../support/postgres.ts';

const DRIFTED = 'hookcast_drift_total{source="eduzz",type="blinket.attendance_canceled",change="field"}';

async function drifted(gateway: TestGateway): Promise<number> {
  const line = (await scrapeText(gateway)).split('\n').find((one) => one.startsWith(DRIFTED));
  return Number(line?.slice(DRIFTED.length) ?? 0);
}

it('IN8.4 counts a field no longer once it is accepted, at every gateway of the log and without a restart', async () => {
  const env = { DATABASE_URL: await sharedPostgres().newDatabase() };
  const here = await TestGateway.start({ env });
  await here.eduzz(attendanceCanceled());
  const withSeat = () => attendanceCanceled({ participant: { seat: 'A1' } });
  await here.eduzz(withSeat());
  // Another gateway knows what is recorded when it starts.
  const count = async () => (await here.query('{ drift { count } }')).data?.['drift'].count;
  await expect.poll(count).toBe(1);
  const other = await TestGateway.start({ env });
  await other.eduzz(withSeat());
  expect([await drifted(here), await drifted(other)]).toEqual([1, 1]);
  expect(await here.query('mutation { acceptDrift }')).toEqual({ data: { acceptDrift: 1 } });
  for (const gateway of [here, other]) {
    // Within a second of each gateway's own look.
    await expect
      .poll(async () => {
        const before = await drifted(gateway);
        await gateway.eduzz(withSeat());
        return (await drifted(gateway)) - before;
      })
      .toBe(0);
  }
  // Fields that nobody accepted still count.
  const before = await drifted(other);
  await other.eduzz(attendanceCanceled({ participant: { row: 'B' } }));
  expect(await drifted(other)).toBe(before + 1);
  expect(await count()).toBe(0);
});
