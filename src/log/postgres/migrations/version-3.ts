/**
 * What version 3 adds: how many cancellations occurred when, and how deliveries were answered.
 *
 * Triggers count, whoever records or forgets events: appends, retention and copies, all of them with the lock of those who
 * append, so that they never wait for each other in a circle.
 */
export const VERSION_3 = `
  -- The rows of the current minute change with every append. If their page has room, PostgreSQL updates them in place
  -- and leaves their index as it is.
  CREATE TABLE hookcast.activity (
    -- The length of a bucket in milliseconds: a minute or a quarter of an hour.
    span bigint NOT NULL,
    starts_at bigint NOT NULL,
    source text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    cancellations bigint NOT NULL,
    refunds_expected bigint NOT NULL,
    PRIMARY KEY (span, starts_at, source, provider, kind)
  ) WITH (fillfactor = 50);
  CREATE TABLE hookcast.activity_by_tenant (
    tenant text COLLATE "C" NOT NULL,
    -- The length of a bucket in milliseconds: a minute or a quarter of an hour.
    span bigint NOT NULL,
    starts_at bigint NOT NULL,
    source text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    cancellations bigint NOT NULL,
    refunds_expected bigint NOT NULL,
    PRIMARY KEY (tenant, span, starts_at, source, provider, kind)
  ) WITH (fillfactor = 80);

  CREATE FUNCTION hookcast.count_activity() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    sign bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
  BEGIN
    INSERT INTO hookcast.activity AS known (span, starts_at, source, provider, kind, cancellations,
      refunds_expected)
    SELECT span, occurred_at - (occurred_at % span + span) % span, source, provider, kind,
      sign * count(*), sign * count(*) FILTER (WHERE strpos(data, '"refundExpected":true') > 0)
    FROM changed CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span) WHERE kind IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (span, starts_at, source, provider, kind)
      DO UPDATE SET cancellations = known.cancellations + excluded.cancellations,
      refunds_expected = known.refunds_expected + excluded.refunds_expected;
    INSERT INTO hookcast.activity_by_tenant AS known (tenant, span, starts_at, source, provider, kind,
      cancellations, refunds_expected)
    SELECT tenant, span, occurred_at - (occurred_at % span + span) % span, source, provider, kind,
      sign * count(*), sign * count(*) FILTER (WHERE strpos(data, '"refundExpected":true') > 0)
    FROM changed CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span) WHERE kind IS NOT NULL
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
          FROM changed CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span) WHERE kind IS NOT NULL
        ) AS gone
        WHERE known.cancellations <= 0 AND known.span = gone.span AND known.starts_at = gone.starts_at
          AND known.source = gone.source AND known.provider = gone.provider AND known.kind = gone.kind
      $sweep$;
      EXECUTE $sweep$
        DELETE FROM hookcast.activity_by_tenant AS known USING (
          SELECT DISTINCT tenant, span, occurred_at - (occurred_at % span + span) % span AS starts_at, source,
            provider, kind
          FROM changed CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span) WHERE kind IS NOT NULL
        ) AS gone
        WHERE known.cancellations <= 0 AND known.tenant = gone.tenant AND known.span = gone.span
          AND known.starts_at = gone.starts_at AND known.source = gone.source AND known.provider = gone.provider
          AND known.kind = gone.kind
      $sweep$;
    END IF;
    RETURN NULL;
  END $$;
  -- The triggers come first: from here to the commit no other session changes events.
  CREATE TRIGGER count_recorded AFTER INSERT ON hookcast.events REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION hookcast.count_activity();
  CREATE TRIGGER count_forgotten AFTER DELETE ON hookcast.events REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION hookcast.count_activity();

    INSERT INTO hookcast.activity AS known (span, starts_at, source, provider, kind, cancellations,
      refunds_expected)
    SELECT span, occurred_at - (occurred_at % span + span) % span, source, provider, kind,
      1 * count(*), 1 * count(*) FILTER (WHERE strpos(data, '"refundExpected":true') > 0)
    FROM hookcast.events CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span)
      WHERE kind IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (span, starts_at, source, provider, kind)
      DO UPDATE SET cancellations = known.cancellations + excluded.cancellations,
      refunds_expected = known.refunds_expected + excluded.refunds_expected;
    INSERT INTO hookcast.activity_by_tenant AS known (tenant, span, starts_at, source, provider, kind,
      cancellations, refunds_expected)
    SELECT tenant, span, occurred_at - (occurred_at % span + span) % span, source, provider, kind,
      1 * count(*), 1 * count(*) FILTER (WHERE strpos(data, '"refundExpected":true') > 0)
    FROM hookcast.events CROSS JOIN (VALUES (60000::bigint), (900000::bigint)) AS spans (span)
      WHERE kind IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (tenant, span, starts_at, source, provider, kind)
      DO UPDATE SET cancellations = known.cancellations + excluded.cancellations,
      refunds_expected = known.refunds_expected + excluded.refunds_expected;

  CREATE TABLE hookcast.answers (
    hour bigint NOT NULL,
    source text COLLATE "C" NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    last_at bigint NOT NULL,
    PRIMARY KEY (hour, source, outcome)
  ) WITH (fillfactor = 80);
`;
