import type { Step } from './step.ts';

/**
 * From here on a cancellation that is only scheduled is not counted. Counted anew are those of subscriptions, of which alone
 * there may be such: a log that was rescued has had all of them counted by step 3. That the version goes up also keeps an older
 * hookcast away, which would count them.
 */
export const TO_7: Step = [
  `
  DELETE FROM activity_by_tenant WHERE kind = 'SUBSCRIPTION';
  INSERT INTO activity_by_tenant
  SELECT tenant, span, occurred_at - (occurred_at % span + span) % span AS starts_at, source, provider, kind,
    count(*), sum(instr(data, '"refundExpected":true') > 0)
  FROM events CROSS JOIN (SELECT 60000 AS span UNION ALL SELECT 900000)
  WHERE kind = 'SUBSCRIPTION' AND instr(data, '"isScheduled":true') = 0
  GROUP BY tenant, span, starts_at, source, provider, kind;
  DELETE FROM activity WHERE kind = 'SUBSCRIPTION';
  INSERT INTO activity
  SELECT span, starts_at, source, provider, kind, sum(cancellations), sum(refunds_expected)
  FROM activity_by_tenant WHERE kind = 'SUBSCRIPTION' GROUP BY span, starts_at, source, provider, kind;
  `,
];
