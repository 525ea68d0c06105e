/** The function that records events, as of version 8. `known` is the version that the gateway writes. */
export const VERSION_8_WRITE = `
  -- Returns a position for each event, negative if the log had the event already. An erased person stays erased: an
  -- event about the person that comes late is recorded without its personal data.
  CREATE OR REPLACE FUNCTION hookcast.append(
    known integer, sender text, made_with text, list jsonb, OUT epoch text, OUT positions bigint[]
  ) LANGUAGE plpgsql AS $$
  DECLARE
    have_tombstones boolean;
    have_versions boolean;
  BEGIN
    epoch := hookcast.take_turn(known, made_with);
    have_tombstones := EXISTS (SELECT FROM hookcast.tombstones);
    WITH inserted AS (
      INSERT INTO hookcast.events (source, event_id, provider, type, shape, kind, tenant, subject, occurred_at,
        occurred_text, received_at, data, personal, raw, version, marks, checksum, personal_checksum, happened, amount,
        currency)
      SELECT given.source, given.event_id, given.provider, given.type, given.shape, given.kind, given.tenant,
        given.subject, given.occurred_at, given.occurred_text, given.received_at, given.data,
        CASE WHEN held.back THEN NULL ELSE given.personal END, CASE WHEN held.back THEN NULL ELSE given.raw END,
        given.version, CASE WHEN held.back THEN NULL ELSE given.marks END, given.checksum,
        CASE WHEN held.back THEN NULL ELSE given.personal_checksum END, given.happened, given.amount, given.currency
      FROM (SELECT (record ->> 0)::text AS source, (record ->> 1)::text AS event_id,
        (record ->> 2)::text AS provider, (record ->> 3)::text AS type, (record ->> 4)::text AS shape,
        (record ->> 5)::text AS kind, (record ->> 6)::text AS tenant, (record ->> 7)::text AS subject,
        (record ->> 8)::bigint AS occurred_at, (record ->> 9)::text AS occurred_text,
        (record ->> 10)::bigint AS received_at, (record ->> 11)::text AS data,
        (record ->> 12)::text AS personal, (record ->> 13)::text AS raw, (record ->> 14)::text AS version,
        (record ->> 15)::text[] AS marks, (record ->> 16)::bigint AS checksum,
        (record ->> 17)::bigint AS personal_checksum, (record ->> 18)::text AS happened,
        (record ->> 19)::bigint AS amount, (record ->> 20)::text AS currency, place
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
`;
