/**
 * From here on a cancellation that is only scheduled is not counted: another event tells when it has taken effect, and that one
 * is. No older hookcast recorded any, so nothing is counted anew.
 */
export const VERSION_7 = `
  CREATE OR REPLACE FUNCTION hookcast.count_activity() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    sign bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
  BEGIN
    INSERT INTO hookcast.activity AS known (span, starts_at, source, provider, kind, cancellations,
      refunds_expected)
    SELECT span, occurred_at - (occurred_at % span + span) % span, source, provider, kind,
      sign * count(*), sign * count(*) FILTER (WHERE strpos(data, '"refundExpected":true') > 0)
    FROM changed CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span)
    WHERE kind IS NOT NULL AND strpos(data, '"isScheduled":true') = 0
    GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (span, starts_at, source, provider, kind)
      DO UPDATE SET cancellations = known.cancellations + excluded.cancellations,
      refunds_expected = known.refunds_expected + excluded.refunds_expected;
    INSERT INTO hookcast.activity_by_tenant AS known (tenant, span, starts_at, source, provider, kind,
      cancellations, refunds_expected)
    SELECT tenant, span, occurred_at - (occurred_at % span + span) % span, source, provider, kind,
      sign * count(*), sign * count(*) FILTER (WHERE strpos(data, '"refundExpected":true') > 0)
    FROM changed CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span)
    WHERE kind IS NOT NULL AND strpos(data, '"isScheduled":true') = 0
    GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (tenant, span, starts_at, source, provider, kind)
      DO UPDATE SET cancellations = known.cancellations + excluded.cancellations,
      refunds_expected = known.refunds_expected + excluded.refunds_expected;
    IF sign < 0 THEN
      -- EXECUTE plans the statement each time: a plan from when the tables were small would read them completely.
      EXECUTE $sweep$
        DELETE FROM hookcast.activity AS known USING (
          SELECT DISTINCT span, occurred_at - (occurred_at % span + span) % span AS starts_at, source, provider,
            kind
          FROM changed CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span)
          WHERE kind IS NOT NULL AND strpos(data, '"isScheduled":true') = 0
        ) AS gone
        WHERE known.cancellations <= 0 AND known.span = gone.span AND known.starts_at = gone.starts_at
          AND known.source = gone.source AND known.provider = gone.provider AND known.kind = gone.kind
      $sweep$;
      EXECUTE $sweep$
        DELETE FROM hookcast.activity_by_tenant AS known USING (
          SELECT DISTINCT tenant, span, occurred_at - (occurred_at % span + span) % span AS starts_at, source,
            provider, kind
          FROM changed CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span)
          WHERE kind IS NOT NULL AND strpos(data, '"isScheduled":true') = 0
        ) AS gone
        WHERE known.cancellations <= 0 AND known.tenant = gone.tenant AND known.span = gone.span
          AND known.starts_at = gone.starts_at AND known.source = gone.source AND known.provider = gone.provider
          AND known.kind = gone.kind
      $sweep$;
    END IF;
    RETURN NULL;
  END $$;
`;
