/** The functions of version 2 that write events and quarantine. Version 4 replaces them. */
export const VERSION_2_WRITE = `
  DROP FUNCTION hookcast.append(text, jsonb);
  DROP FUNCTION hookcast.quarantine(jsonb);

  -- Checks the secret of a gateway that writes. An erasure could not find an event whose marks were made with another
  -- secret.
  CREATE FUNCTION hookcast.assert_salt(made_with text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    IF made_with <> (SELECT salt FROM hookcast.log) THEN
      RAISE 'the marks are those of another log' USING ERRCODE = 'HK001';
    END IF;
  END $$;

  -- Returns a position for each event, negative if the log had the event already. An erased person stays erased: an
  -- event about the person that comes late is recorded without its personal data.
  CREATE FUNCTION hookcast.append(
    sender text, made_with text, list jsonb, OUT epoch text, OUT positions bigint[]
  ) LANGUAGE plpgsql AS $$
  DECLARE
    have_tombstones boolean;
    have_versions boolean;
  BEGIN
    epoch := hookcast.take_turn();
    PERFORM hookcast.assert_salt(made_with);
    have_tombstones := EXISTS (SELECT FROM hookcast.tombstones);
    WITH inserted AS (
      INSERT INTO hookcast.events (source, event_id, provider, type, shape, kind, tenant, subject, occurred_at,
        occurred_text, received_at, data, personal, raw, version, marks)
      SELECT given.source, given.event_id, given.provider, given.type, given.shape, given.kind, given.tenant,
        given.subject, given.occurred_at, given.occurred_text, given.received_at, given.data,
        CASE WHEN held.back THEN NULL ELSE given.personal END, CASE WHEN held.back THEN NULL ELSE given.raw END,
        given.version, CASE WHEN held.back THEN NULL ELSE given.marks END
      FROM (SELECT (record ->> 0)::text AS source, (record ->> 1)::text AS event_id,
        (record ->> 2)::text AS provider, (record ->> 3)::text AS type, (record ->> 4)::text AS shape,
        (record ->> 5)::text AS kind, (record ->> 6)::text AS tenant, (record ->> 7)::text AS subject,
        (record ->> 8)::bigint AS occurred_at, (record ->> 9)::text AS occurred_text,
        (record ->> 10)::bigint AS received_at, (record ->> 11)::text AS data,
        (record ->> 12)::text AS personal, (record ->> 13)::text AS raw, (record ->> 14)::text AS version,
        (record ->> 15)::text[] AS marks, place
        FROM jsonb_array_elements(list) WITH ORDINALITY AS listed (record, place)) AS given
      LEFT JOIN LATERAL (
        SELECT true AS back FROM hookcast.tombstones
        WHERE have_tombstones
          AND tombstones.mark = ANY (array_append(given.marks, 's' || given.subject))
          -- The mark of a value doesn't identify a person here: another account, or another thing, may have the same
          -- id.
          AND tombstones.mark NOT LIKE 'v%'
          AND tombstones.source IN (given.source, '*') AND tombstones.tenant IN (given.tenant, '*')
          -- If an event has no time of its own, a late event can't be told from a new one.
          AND (lasting OR erased_at >= given.occurred_at OR given.occurred_at = given.received_at
            OR erased_at > given.received_at - 259200000)
        LIMIT 1
      ) AS held ON true
      ORDER BY place
      ON CONFLICT (source, event_id) DO NOTHING
      RETURNING seq, version
    )
    SELECT coalesce(array_agg(seq ORDER BY seq), '{}'), coalesce(bool_or(version IS NOT NULL), false)
    INTO positions, have_versions FROM inserted;
    -- This is a statement of its own, since the rows of one statement don't see each other.
    IF have_versions THEN
      UPDATE hookcast.events AS late SET superseded = true
      WHERE seq = ANY (positions) AND version IS NOT NULL AND EXISTS (
        SELECT FROM hookcast.events AS known
        WHERE known.source = late.source AND known.tenant = late.tenant AND known.subject = late.subject
          AND known.version > late.version AND left(known.version, 1) = left(late.version, 1)
            AND known.seq < late.seq
        OFFSET 0
      );
    END IF;
    IF cardinality(positions) > 0 THEN
      PERFORM pg_notify('hookcast', sender);
    ELSE
      PERFORM hookcast.wait_as_if_written();
    END IF;
    IF cardinality(positions) < jsonb_array_length(list) THEN
      SELECT array_agg(CASE WHEN seq = ANY (positions) THEN seq ELSE -seq END ORDER BY place) INTO positions
      FROM (SELECT (record ->> 0)::text AS source, (record ->> 1)::text AS event_id, place
        FROM jsonb_array_elements(list) WITH ORDINALITY AS listed (record, place)) AS given
        JOIN hookcast.events USING (source, event_id);
    END IF;
  END $$;

  -- Keeping a delivery begins an epoch too, so that no log is copied over this one. It takes the same lock as an
  -- append. So if commits hang, only one of their sessions is left behind on the server.
  CREATE FUNCTION hookcast.quarantine(made_with text, list jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
  DECLARE
    kept bigint;
  BEGIN
    PERFORM hookcast.take_turn();
    PERFORM hookcast.assert_salt(made_with);
    INSERT INTO hookcast.quarantine (source, digest, provider, type, event_id, issues, payload, received_at,
      marks, state, settled_at)
    SELECT given.source, given.digest, given.provider, given.type, given.event_id, given.issues,
      CASE WHEN held.back THEN NULL ELSE given.payload END, given.received_at,
      CASE WHEN held.back THEN NULL ELSE given.marks END,
      CASE WHEN held.back THEN 'ERASED' ELSE 'WAITING' END, CASE WHEN held.back THEN given.received_at END
    FROM (SELECT (record ->> 0)::text AS source, (record ->> 1)::text AS digest,
      (record ->> 2)::text AS provider, (record ->> 3)::text AS type, (record ->> 4)::text AS event_id,
      (record ->> 5)::text AS issues, (record ->> 6)::text AS payload, (record ->> 7)::bigint AS received_at,
      (record ->> 8)::text[] AS marks, place FROM jsonb_array_elements(list) WITH ORDINALITY AS listed (record,
      place)) AS given
    LEFT JOIN LATERAL (
      SELECT true AS back FROM hookcast.tombstones
      WHERE tombstones.mark = ANY (given.marks) AND tombstones.source IN (given.source, '*')
        AND (lasting OR erased_at > given.received_at - 604800000)
      LIMIT 1
    ) AS held ON true
    ON CONFLICT (source, digest) DO UPDATE
    SET issues = CASE WHEN quarantine.state = 'WAITING' THEN excluded.issues ELSE quarantine.issues END
    RETURNING id INTO kept;
    RETURN kept;
  END $$;

  CREATE FUNCTION hookcast.settle(of_id bigint, as_state text, as_event text, moment bigint)
  RETURNS SETOF hookcast.quarantine LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM hookcast.take_turn();
    UPDATE hookcast.quarantine
    SET state = as_state, settled_at = moment, event_id = coalesce(as_event, event_id), payload = NULL, marks = NULL
    WHERE id = of_id AND state = 'WAITING';
    PERFORM hookcast.wait_as_if_written();
    RETURN QUERY SELECT * FROM hookcast.quarantine WHERE id = of_id;
  END $$;

  -- Deletes the oldest events, most at most, and erasures, tombstones and deliveries that have expired. Returns the
  -- number of events. It takes the lock of an append: an event that an append finds in the log must not be deleted
  -- before the append has said so.
  CREATE OR REPLACE FUNCTION hookcast.trim(received_before bigint, most integer, forgotten bigint) RETURNS integer
  LANGUAGE plpgsql AS $$
  DECLARE
    upto bigint;
    pieces integer;
  BEGIN
    PERFORM pg_advisory_xact_lock(1752133483, 1);
    SELECT max(seq), count(*) INTO upto, pieces FROM (
      SELECT seq, bool_and(received_at < received_before) OVER (ORDER BY seq) AS gone FROM (
        SELECT seq, received_at FROM hookcast.events WHERE seq > (SELECT
          floor FROM hookcast.log) ORDER BY seq LIMIT most
      ) AS oldest
    ) AS prefix WHERE gone;
    IF pieces > 0 THEN
      DELETE FROM hookcast.events WHERE seq <= upto;
      UPDATE hookcast.log SET floor = upto;
    END IF;
    DELETE FROM hookcast.erasures WHERE seq <= (SELECT floor FROM hookcast.log) AND erased_at < forgotten;
    DELETE FROM hookcast.tombstones WHERE erased_at < forgotten;
    DELETE FROM hookcast.quarantine WHERE settled_at < received_before;
    RETURN pieces;
  END $$;
`;
