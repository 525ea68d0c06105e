import type { Step } from './step.ts';

/**
 * How many cancellations occurred when, of all tenants together and of each: see `activity.ts`. A log that was rescued is
 * set back to version 2, to be counted anew, so from here on each step has to do also where it was taken before.
 */
const VERSION_3 = `
  DROP TABLE IF EXISTS activity;
  DROP TABLE IF EXISTS activity_by_tenant;
  CREATE TABLE activity (
    -- The length of a bucket in milliseconds: a minute or a quarter of an hour.
    span INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    cancellations INTEGER NOT NULL,
    refunds_expected INTEGER NOT NULL,
    PRIMARY KEY (span, starts_at, source, provider, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE activity_by_tenant (
    tenant TEXT NOT NULL,
    -- The length of a bucket in milliseconds: a minute or a quarter of an hour.
    span INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    cancellations INTEGER NOT NULL,
    refunds_expected INTEGER NOT NULL,
    PRIMARY KEY (tenant, span, starts_at, source, provider, kind)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS answers (
    hour INTEGER NOT NULL,
    source TEXT NOT NULL,
    outcome TEXT NOT NULL,
    count INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (hour, source, outcome)
  ) STRICT, WITHOUT ROWID;
`;

const COUNT_THE_PAST = `
  INSERT INTO activity_by_tenant
  SELECT tenant, span, occurred_at - (occurred_at % span + span) % span AS starts_at, source, provider, kind,
    count(*), sum(instr(data, '"refundExpected":true') > 0)
  FROM events NOT INDEXED CROSS JOIN (SELECT 60000 AS span UNION ALL SELECT 900000) WHERE kind IS NOT NULL
  GROUP BY tenant, span, starts_at, source, provider, kind;
  INSERT INTO activity
  SELECT span, starts_at, source, provider, kind, sum(cancellations), sum(refunds_expected)
  FROM activity_by_tenant GROUP BY span, starts_at, source, provider, kind;
`;

export const TO_3: Step = [VERSION_3, COUNT_THE_PAST];
