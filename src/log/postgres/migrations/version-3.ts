import { REFUND_EXPECTED, ROLLUPS, SPANS, startOf } from '../../activity-row.ts';

const spans = `(VALUES ${SPANS.map((span) => `(${span}::bigint)`).join(', ')}) AS spans (span)`;
const startsAt = startOf('occurred_at', 'span');

/** Adds the cancellations among some events, or takes them away. */
const count = (events: string, sign: string) =>
  ROLLUPS.map(
    ({ table, key }) => `
    INSERT INTO hookcast.${table} AS known (${key.join(', ')}, cancellations, refunds_expected)
    SELECT ${key.map((column) => (column === 'starts_at' ? startsAt : column)).join(', ')},
      ${sign} * count(*), ${sign} * count(*) FILTER (WHERE strpos(data, '${REFUND_EXPECTED}') > 0)
    FROM ${events} CROSS JOIN ${spans} WHERE kind IS NOT NULL
    GROUP BY ${key.map((_, index) => index + 1).join(', ')}
    ON CONFLICT (${key.join(', ')}) DO UPDATE SET cancellations = known.cancellations + excluded.cancellations,
      refunds_expected = known.refunds_expected + excluded.refunds_expected;`,
  ).join('');

const sort = `
    -- How long, in milliseconds: a minute, and a quarter of an hour.
    span bigint NOT NULL,
    starts_at bigint NOT NULL,
    source text COLLATE "C" NOT NULL,
    provider text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    cancellations bigint NOT NULL,
    refunds_expected bigint NOT NULL`;

/**
 * What version 3 adds: how many cancellations occurred when, and how deliveries were answered.
 *
 * Triggers count, whoever records or forgets events: appends, retention and copies, all of them with the lock of those who
 * append, so that they never wait for each other in a circle.
 */
export const VERSION_3 = `
  -- The rows of the present minute change with every append: with room beside them they are changed in place, and their
  -- index stays as it is.
  CREATE TABLE hookcast.activity (${sort},
    PRIMARY KEY (${ROLLUPS[0].key.join(', ')})
  ) WITH (fillfactor = 50);
  CREATE TABLE hookcast.activity_by_tenant (
    tenant text COLLATE "C" NOT NULL,${sort},
    PRIMARY KEY (${ROLLUPS[1].key.join(', ')})
  ) WITH (fillfactor = 80);

  CREATE FUNCTION hookcast.count_activity() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    sign bigint := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
  BEGIN${count('changed', 'sign')}
    IF sign < 0 THEN
      -- Planned anew: a plan from when the tables were small would read all of them.${ROLLUPS.map(
        ({ table, key }) => `
      EXECUTE $sweep$
        DELETE FROM hookcast.${table} AS known USING (
          SELECT DISTINCT ${key.map((column) => (column === 'starts_at' ? `${startsAt} AS starts_at` : column)).join(', ')}
          FROM changed CROSS JOIN ${spans} WHERE kind IS NOT NULL
        ) AS gone
        WHERE known.cancellations <= 0 AND ${key.map((column) => `known.${column} = gone.${column}`).join(' AND ')}
      $sweep$;`,
      ).join('')}
    END IF;
    RETURN NULL;
  END $$;
  -- These first: from here to the commit nobody else changes events.
  CREATE TRIGGER count_recorded AFTER INSERT ON hookcast.events REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION hookcast.count_activity();
  CREATE TRIGGER count_forgotten AFTER DELETE ON hookcast.events REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION hookcast.count_activity();
  ${count('hookcast.events', '1')}

  CREATE TABLE hookcast.answers (
    hour bigint NOT NULL,
    source text COLLATE "C" NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    last_at bigint NOT NULL,
    PRIMARY KEY (hour, source, outcome)
  ) WITH (fillfactor = 80);
`;
