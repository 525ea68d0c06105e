/**
 * What version 8 counts: events of every type, by what happened, and what they are worth by currency. Triggers count, as in
 * version 3; all of it is counted anew from the events. What is only scheduled to be cancelled is an event and no cancellation.
 */
export const VERSION_8_COUNT = `
  -- The tables are altered, since new tables would lose the rights that an administrator has granted.
  TRUNCATE hookcast.activity, hookcast.activity_by_tenant;
  ALTER TABLE hookcast.activity RENAME COLUMN cancellations TO events;
  ALTER TABLE hookcast.activity_by_tenant RENAME COLUMN cancellations TO events;
  ALTER TABLE hookcast.activity
    DROP CONSTRAINT activity_pkey,
    ADD COLUMN shape text COLLATE "C" NOT NULL,
    -- Empty if there is none, as are the kind and the currency.
    ADD COLUMN happened text COLLATE "C" NOT NULL,
    ADD COLUMN currency text COLLATE "C" NOT NULL,
    -- The number of events whose amount can't be summed.
    ADD COLUMN unsummed bigint NOT NULL,
    -- The sum of the other amounts, in hundred millions, and the rest.
    ADD COLUMN amount_high bigint NOT NULL,
    ADD COLUMN amount_low bigint NOT NULL,
    ADD PRIMARY KEY (span, starts_at, source, provider, kind, shape, happened, currency);
  ALTER TABLE hookcast.activity_by_tenant
    DROP CONSTRAINT activity_by_tenant_pkey,
    ADD COLUMN shape text COLLATE "C" NOT NULL,
    -- Empty if there is none, as are the kind and the currency.
    ADD COLUMN happened text COLLATE "C" NOT NULL,
    ADD COLUMN currency text COLLATE "C" NOT NULL,
    -- The number of events whose amount can't be summed.
    ADD COLUMN unsummed bigint NOT NULL,
    -- The sum of the other amounts, in hundred millions, and the rest.
    ADD COLUMN amount_high bigint NOT NULL,
    ADD COLUMN amount_low bigint NOT NULL,
    ADD PRIMARY KEY (tenant, span, starts_at, source, provider, kind, shape, happened, currency);

  CREATE OR REPLACE FUNCTION hookcast.count_activity() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    sign bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
  BEGIN
    INSERT INTO hookcast.activity AS known (span, starts_at, source, provider, kind, shape, happened, currency,
      events, refunds_expected, unsummed, amount_high, amount_low)
    SELECT span, occurred_at - (occurred_at % span + span) % span, source, provider, CASE WHEN happened = 'SCHEDULED' THEN '' ELSE coalesce(kind, '') END, shape,
      coalesce(happened, ''), coalesce(currency, ''), sign * count(*),
      sign * count(*) FILTER (WHERE kind IS NOT NULL AND happened IS DISTINCT FROM 'SCHEDULED' AND strpos(data, '"refundExpected":true') > 0),
      sign * count(*) FILTER (WHERE currency IS NOT NULL AND amount IS NULL),
      sign * sum(coalesce(amount, 0) / 100000000), sign * sum(coalesce(amount, 0) % 100000000)
    FROM changed CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ON CONFLICT (span, starts_at, source, provider, kind, shape, happened, currency) DO UPDATE SET
      events = known.events + excluded.events,
      refunds_expected = known.refunds_expected + excluded.refunds_expected,
      unsummed = known.unsummed + excluded.unsummed,
      amount_high = known.amount_high + excluded.amount_high,
      amount_low = known.amount_low + excluded.amount_low;
    INSERT INTO hookcast.activity_by_tenant AS known (tenant, span, starts_at, source, provider, kind, shape, happened, currency,
      events, refunds_expected, unsummed, amount_high, amount_low)
    SELECT tenant, span, occurred_at - (occurred_at % span + span) % span, source, provider, CASE WHEN happened = 'SCHEDULED' THEN '' ELSE coalesce(kind, '') END, shape,
      coalesce(happened, ''), coalesce(currency, ''), sign * count(*),
      sign * count(*) FILTER (WHERE kind IS NOT NULL AND happened IS DISTINCT FROM 'SCHEDULED' AND strpos(data, '"refundExpected":true') > 0),
      sign * count(*) FILTER (WHERE currency IS NOT NULL AND amount IS NULL),
      sign * sum(coalesce(amount, 0) / 100000000), sign * sum(coalesce(amount, 0) % 100000000)
    FROM changed CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ON CONFLICT (tenant, span, starts_at, source, provider, kind, shape, happened, currency) DO UPDATE SET
      events = known.events + excluded.events,
      refunds_expected = known.refunds_expected + excluded.refunds_expected,
      unsummed = known.unsummed + excluded.unsummed,
      amount_high = known.amount_high + excluded.amount_high,
      amount_low = known.amount_low + excluded.amount_low;
    IF sign < 0 THEN
      -- EXECUTE plans the statement each time: a plan from when the tables were small would read them completely.
      EXECUTE $sweep$
        DELETE FROM hookcast.activity AS known USING (
          SELECT DISTINCT span, occurred_at - (occurred_at % span + span) % span AS starts_at, source, provider,
            CASE WHEN happened = 'SCHEDULED' THEN '' ELSE coalesce(kind, '') END AS kind, shape, coalesce(happened, '') AS happened,
            coalesce(currency, '') AS currency
          FROM changed CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span)
        ) AS gone
        WHERE known.events <= 0
          AND known.span = gone.span AND known.starts_at = gone.starts_at AND known.source = gone.source
          AND known.provider = gone.provider AND known.kind = gone.kind AND known.shape = gone.shape
          AND known.happened = gone.happened AND known.currency = gone.currency
      $sweep$;
      EXECUTE $sweep$
        DELETE FROM hookcast.activity_by_tenant AS known USING (
          SELECT DISTINCT tenant, span, occurred_at - (occurred_at % span + span) % span AS starts_at, source,
            provider, CASE WHEN happened = 'SCHEDULED' THEN '' ELSE coalesce(kind, '') END AS kind, shape, coalesce(happened, '') AS happened,
            coalesce(currency, '') AS currency
          FROM changed CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span)
        ) AS gone
        WHERE known.events <= 0
          AND known.tenant = gone.tenant AND known.span = gone.span AND known.starts_at = gone.starts_at
          AND known.source = gone.source AND known.provider = gone.provider AND known.kind = gone.kind
          AND known.shape = gone.shape AND known.happened = gone.happened AND known.currency = gone.currency
      $sweep$;
    END IF;
    RETURN NULL;
  END $$;

  INSERT INTO hookcast.activity (span, starts_at, source, provider, kind, shape, happened, currency,
    events, refunds_expected, unsummed, amount_high, amount_low)
  SELECT span, occurred_at - (occurred_at % span + span) % span, source, provider, CASE WHEN happened = 'SCHEDULED' THEN '' ELSE coalesce(kind, '') END, shape,
    coalesce(happened, ''), coalesce(currency, ''), count(*),
    count(*) FILTER (WHERE kind IS NOT NULL AND happened IS DISTINCT FROM 'SCHEDULED' AND strpos(data, '"refundExpected":true') > 0),
    count(*) FILTER (WHERE currency IS NOT NULL AND amount IS NULL),
    sum(coalesce(amount, 0) / 100000000), sum(coalesce(amount, 0) % 100000000)
  FROM hookcast.events CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
  INSERT INTO hookcast.activity_by_tenant (tenant, span, starts_at, source, provider, kind, shape, happened, currency,
    events, refunds_expected, unsummed, amount_high, amount_low)
  SELECT tenant, span, occurred_at - (occurred_at % span + span) % span, source, provider, CASE WHEN happened = 'SCHEDULED' THEN '' ELSE coalesce(kind, '') END, shape,
    coalesce(happened, ''), coalesce(currency, ''), count(*),
    count(*) FILTER (WHERE kind IS NOT NULL AND happened IS DISTINCT FROM 'SCHEDULED' AND strpos(data, '"refundExpected":true') > 0),
    count(*) FILTER (WHERE currency IS NOT NULL AND amount IS NULL),
    sum(coalesce(amount, 0) / 100000000), sum(coalesce(amount, 0) % 100000000)
  FROM hookcast.events CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
`;
