import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Cohort } from '../../src/live/cohort.ts';
import { Pages } from '../../src/live/pages.ts';
import { Ration } from '../../src/live/ration.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { newEvent } from '../contract/log-under-test.ts';
import { temporaryFolder } from '../support/gateway.ts';

it('GQL2.10 finds people in what a subscriber reads of the log, also if its document shows nobody', async () => {
  const log = new SqliteLog(join(temporaryFolder(), 'hookcast.db'));
  await log.append([
    newEvent({ eventId: 'other' }),
    newEvent({ eventId: 'theirs', personal: { tenantName: 'Zuleica' } }),
  ]);
  const cohort = new Cohort({
    key: '',
    filter: { search: { text: 'zuleica', people: true } },
    parts: { people: false, raw: false },
    render: () => null,
  });
  const pages = new Pages(log, new Ration(1_000_000, () => {}));
  const { entries } = await pages.read(cohort, await log.oldest());
  expect(entries).toHaveLength(1);
  expect(entries.every(({ item }) => cohort.wants(item))).toBe(true);
  await log.close();
});
