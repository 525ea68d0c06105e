/** The function that keeps events in another form, as of version 9. `known` is the version that the gateway writes. */
export const VERSION_9_REVISE = `
  -- Returns the positions of the events that were revised, and how many of them were kept without their people. An
  -- event that was erased or deleted stays as it is. If a revision finds a person who was erased, it is kept without
  -- its people, as an event that comes late is.
  CREATE FUNCTION hookcast.revise(
    known integer, sender text, made_with text, moment bigint, list jsonb, OUT positions bigint[], OUT held_back bigint
  ) LANGUAGE plpgsql AS $$
  DECLARE
    former hookcast.events[];
  BEGIN
    PERFORM hookcast.take_turn(known, made_with);
    former := ARRAY(
      SELECT events FROM hookcast.events
      JOIN (SELECT (record ->> 0)::bigint AS seq, (record ->> 1)::text AS source, (record ->> 2)::text AS event_id
        FROM jsonb_array_elements(list) AS listed (record)) AS given USING (seq, source, event_id)
      WHERE raw IS NOT NULL
    );
    positions := ARRAY(SELECT seq FROM unnest(former));
    held_back := 0;
    IF cardinality(positions) = 0 THEN
      PERFORM hookcast.wait_as_if_written();
      RETURN;
    END IF;
    -- Events are deleted and inserted, so that the triggers that count appends and deletions subtract the old form and
    -- add the new one. Triggers for updates would run for each erasure as well.
    DELETE FROM hookcast.events WHERE seq = ANY (positions);
    INSERT INTO hookcast.events (seq, source, event_id, provider, type, shape, kind, tenant, subject, occurred_at,
      occurred_text, received_at, data, personal, raw, version, marks, checksum, personal_checksum, happened, amount,
      currency, cursor_mark)
    SELECT was.seq, was.source, was.event_id, was.provider, given.type, given.shape, given.kind, was.tenant, given.subject,
      was.occurred_at, was.occurred_text, was.received_at, given.data,
      CASE WHEN held.back THEN NULL ELSE given.personal END, CASE WHEN held.back THEN NULL ELSE given.raw END,
      given.version, CASE WHEN held.back THEN NULL ELSE theirs.marks END, given.checksum,
      CASE WHEN held.back THEN NULL ELSE given.personal_checksum END, given.happened, given.amount, given.currency,
      -- An event's cursors keep the mark that they were made with.
      coalesce(was.cursor_mark, was.checksum)
    FROM unnest(former) AS was
    JOIN (SELECT (record ->> 0)::bigint AS seq, (record ->> 4)::text AS type, (record ->> 5)::text AS shape,
      (record ->> 6)::text AS kind, (record ->> 8)::text AS subject, (record ->> 12)::text AS data,
      (record ->> 13)::text AS personal, (record ->> 14)::text AS raw, (record ->> 15)::text AS version,
      (record ->> 16)::text[] AS marks, (record ->> 17)::bigint AS checksum,
      (record ->> 18)::bigint AS personal_checksum, (record ->> 19)::text AS happened,
      (record ->> 20)::bigint AS amount, (record ->> 21)::text AS currency
      FROM jsonb_array_elements(list) AS listed (record)) AS given USING (seq)
    -- The marks include the event's former subjects, so that an erasure of one of them finds the event as well.
    CROSS JOIN LATERAL (
      SELECT nullif(ARRAY(
        SELECT unnest(given.marks) UNION SELECT mark FROM unnest(was.marks) AS mark WHERE mark LIKE 's%'
        UNION SELECT 's' || was.subject WHERE was.subject IS NOT NULL
        EXCEPT SELECT 's' || given.subject
      ), '{}') AS marks
    ) AS theirs
    LEFT JOIN LATERAL (
      SELECT true AS back FROM hookcast.tombstones
      WHERE tombstones.mark = ANY (array_append(theirs.marks, 's' || given.subject)) AND tombstones.mark NOT LIKE 'v%'
        AND tombstones.source IN (was.source, '*') AND tombstones.tenant IN (was.tenant, '*')
        AND (lasting OR erased_at >= was.occurred_at OR was.occurred_at = was.received_at
          OR erased_at > was.received_at - 259200000)
      LIMIT 1
    ) AS held ON true;
    UPDATE hookcast.events AS late SET superseded = true
    WHERE seq = ANY (positions) AND version IS NOT NULL AND EXISTS (
      SELECT FROM hookcast.events AS known
      WHERE known.source = late.source AND known.tenant = late.tenant AND known.subject = late.subject
        AND known.version > late.version AND left(known.version, 1) = left(late.version, 1) AND known.seq < late.seq
      OFFSET 0
    );
    INSERT INTO hookcast.revisions (seq, event_seq, type, shape, kind, subject, recounted, revised_at)
    SELECT nextval(pg_get_serial_sequence('hookcast.events', 'seq')), event_seq, type, shape, kind, subject, recounted, moment
    FROM (
      SELECT was.seq AS event_seq, was.type, was.shape, was.kind, was.subject,
        (was.shape, was.kind, was.happened, was.amount, was.currency, strpos(was.data, '"refundExpected":true') > 0)
          IS DISTINCT FROM (is_now.shape, is_now.kind, is_now.happened, is_now.amount, is_now.currency,
            strpos(is_now.data, '"refundExpected":true') > 0) AS recounted
      FROM unnest(former) AS was JOIN hookcast.events AS is_now USING (seq) ORDER BY was.seq
    ) AS changed;
    SELECT count(*) FILTER (WHERE raw IS NULL) INTO held_back FROM hookcast.events WHERE seq = ANY (positions);
    PERFORM pg_notify('hookcast', sender);
  END $$;
`;
