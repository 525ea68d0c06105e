import type { DatabaseSync } from 'node:sqlite';
import { COUNTED_TYPES, countedIn } from '../../version-8.ts';
import type { Step } from './step.ts';

/** What events are counted by besides their types: a word of what happened, and ten-thousandths of what they are worth. */
const COLUMNS = `
  ALTER TABLE events ADD COLUMN happened TEXT;
  ALTER TABLE events ADD COLUMN amount INTEGER;
  ALTER TABLE events ADD COLUMN currency TEXT;
  UPDATE events SET happened = 'CANCELED' WHERE kind IS NOT NULL;
`;

/** How many events of each sort occurred when, of all tenants together and of each: see `activity.ts`. */
const VERSION_8 = `
  CREATE INDEX IF NOT EXISTS events_by_shape ON events (shape);

  DROP TABLE IF EXISTS activity;
  DROP TABLE IF EXISTS activity_by_tenant;
  CREATE TABLE activity (
    -- The length of a bucket in milliseconds: a minute or a quarter of an hour.
    span INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    provider TEXT NOT NULL,
    -- Empty if there is none, as are happened and the currency.
    kind TEXT NOT NULL,
    shape TEXT NOT NULL,
    happened TEXT NOT NULL,
    currency TEXT NOT NULL,
    events INTEGER NOT NULL,
    refunds_expected INTEGER NOT NULL,
    -- The number of events whose amount can't be summed.
    unsummed INTEGER NOT NULL,
    -- The sum of the other amounts, in hundred millions, and the rest.
    amount_high INTEGER NOT NULL,
    amount_low INTEGER NOT NULL,
    PRIMARY KEY (span, starts_at, source, provider, kind, shape, happened, currency)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE activity_by_tenant (
    tenant TEXT NOT NULL,
    span INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    shape TEXT NOT NULL,
    happened TEXT NOT NULL,
    currency TEXT NOT NULL,
    events INTEGER NOT NULL,
    refunds_expected INTEGER NOT NULL,
    unsummed INTEGER NOT NULL,
    amount_high INTEGER NOT NULL,
    amount_low INTEGER NOT NULL,
    PRIMARY KEY (tenant, span, starts_at, source, provider, kind, shape, happened, currency)
  ) STRICT, WITHOUT ROWID;
`;

const COUNT_THE_PAST = `
  INSERT INTO activity_by_tenant
  SELECT tenant, span, occurred_at - (occurred_at % span + span) % span AS starts_at, source, provider,
    CASE WHEN happened = 'SCHEDULED' THEN '' ELSE coalesce(kind, '') END AS cancelled, shape, coalesce(happened, '') AS what, coalesce(currency, '') AS money,
    count(*), sum(kind IS NOT NULL AND happened IS NOT 'SCHEDULED' AND instr(data, '"refundExpected":true') > 0),
    sum(currency IS NOT NULL AND amount IS NULL), sum(coalesce(amount, 0) / 100000000), sum(coalesce(amount, 0) % 100000000)
  FROM events NOT INDEXED CROSS JOIN (SELECT 60000 AS span UNION ALL SELECT 900000)
  GROUP BY tenant, span, starts_at, source, provider, cancelled, shape, what, money;
  INSERT INTO activity
  SELECT span, starts_at, source, provider, kind, shape, happened, currency, sum(events), sum(refunds_expected),
    sum(unsummed), sum(amount_high), sum(amount_low)
  FROM activity_by_tenant GROUP BY span, starts_at, source, provider, kind, shape, happened, currency;
`;

export const TO_8: Step = [
  (database) => {
    // A log that was rescued has taken this part of it already.
    if (hasColumn(database)) return;
    database.exec(COLUMNS);
    fill(database);
  },
  VERSION_8,
  COUNT_THE_PAST,
];

function hasColumn(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM pragma_table_info('events') WHERE name = 'happened'").get() !== undefined;
}

/** Rows at once. */
const PIECE = 1_000;

/** What older events say of what happened and of money. */
function fill(database: DatabaseSync): void {
  const select = database.prepare(
    `SELECT seq, shape, kind IS NOT NULL AS cancelled, data FROM events NOT INDEXED WHERE seq > ? AND shape IN (${COUNTED_TYPES.map(() => '?').join(', ')}) ` +
      'ORDER BY seq LIMIT ?',
  );
  const keep = database.prepare('UPDATE events SET happened = ?, amount = ?, currency = ? WHERE seq = ?');
  for (let after = 0, full = true; full;) {
    const rows = select.all(after, ...COUNTED_TYPES, PIECE);
    for (const { seq, shape, cancelled, data } of rows) {
      keep.run(...countedIn(String(shape), cancelled === 1, String(data)), Number(seq));
    }
    full = rows.length === PIECE;
    after = Number(rows.at(-1)?.['seq'] ?? after);
  }
}
