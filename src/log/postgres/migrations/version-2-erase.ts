/** The function of version 2 that erases, and what it needs. Version 4 replaces the first. */
export const VERSION_2_ERASE = `
  DROP FUNCTION hookcast.erase(text, text, text, text, text, bigint);

  -- The marks of values in a payload that fits no schema. Short values have none.
  CREATE FUNCTION hookcast.value_marks(of_source text, list text[]) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT hookcast.mark('v', array_to_json(ARRAY[of_source, value])::text)
    FROM unnest(list) AS value WHERE char_length(value) >= 8
  $$;

  -- The marks of the ids by which such a payload may name a subject: 1 for ticket/1, and both 7:1 and 1 for ticket/7:1.
  CREATE FUNCTION hookcast.values_in(of_source text, subject text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT hookcast.value_marks(of_source, ARRAY[id, CASE WHEN strpos(id, ':') > 0 THEN substr(id, strpos(id,
      ':') + 1) END])
    FROM (SELECT substr(subject, strpos(subject, '/') + 1)) AS named (id)
  $$;

  -- An event about several people also has data of people who are not erased.
  CREATE FUNCTION hookcast.is_about_one(marks text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT count(*) FILTER (WHERE mark LIKE 'c%') <= 1 AND count(*) FILTER (WHERE mark LIKE 'e%') <= 1
    FROM unnest(marks) AS mark
  $$;

  -- Erases by address if there is one, otherwise by subject. Returns the erasures as a list of rows, in the order of
  -- their positions.
  CREATE FUNCTION hookcast.erase(
    sender text, of_provider text, of_source text, of_tenant text, of_subject text, named text[], address text,
    moment bigint, who text, OUT epoch text, OUT told text, OUT quarantined integer
  ) LANGUAGE plpgsql AS $$
  DECLARE
    -- principals are the events that identify the people, targets are all events that lose something. sources, tenants,
    -- subjects and contacts are of the principals.
    principals bigint[];
    targets bigint[];
    sources text[];
    tenants text[];
    subjects text[];
    contacts text[];
    -- The marks of the contacts' ids, by which they are found in payloads that fit no schema.
    spoken text[];
    positions bigint[];
    asked_for bigint;
  BEGIN
    epoch := hookcast.take_turn();
    IF address IS NULL THEN
      targets := ARRAY(
        SELECT seq FROM hookcast.events
        WHERE subject = of_subject AND source = of_source AND tenant = coalesce(of_tenant, tenant)
      );
      principals := targets;
    ELSE
      targets := ARRAY(
        SELECT seq FROM hookcast.events
        WHERE marks && ARRAY[hookcast.mark('e', address), hookcast.mark('m', address)]
          AND source = coalesce(of_source, source)
      );
      principals := ARRAY(
        SELECT seq FROM hookcast.events
        WHERE seq = ANY (targets) AND marks @> ARRAY[hookcast.mark('e', address)] AND hookcast.is_about_one(marks)
      );
    END IF;
    SELECT coalesce(array_agg(source), '{}'), coalesce(array_agg(tenant), '{}'), coalesce(array_agg(subject), '{}')
    INTO sources, tenants, subjects FROM (
      SELECT source, tenant, subject FROM hookcast.events WHERE seq = ANY (principals) AND subject IS NOT NULL
      UNION SELECT of_source, of_tenant, of_subject WHERE of_subject IS NOT NULL AND of_tenant IS NOT NULL
    ) AS found;
    contacts := ARRAY(
      SELECT mark FROM hookcast.events, unnest(marks) AS mark
      WHERE seq = ANY (principals) AND hookcast.is_about_one(marks) AND mark LIKE 'c%'
      UNION SELECT hookcast.mark('c', array_to_json(ARRAY[of_source, tenant, id])::text)
      FROM unnest(named) AS id, unnest(tenants) AS tenant
    );
    spoken := ARRAY(
      SELECT mark FROM hookcast.events, unnest(marks) AS mark
      WHERE seq = ANY (principals) AND hookcast.is_about_one(marks) AND mark LIKE 'v%'
      UNION SELECT hookcast.value_marks(of_source, named)
    );
    targets := targets
      || ARRAY(
        SELECT seq FROM unnest(sources, tenants, subjects) AS found (source, tenant, subject)
        JOIN hookcast.events USING (source, tenant, subject)
      )
      || ARRAY(SELECT seq FROM hookcast.events WHERE marks && contacts);

    -- One erasure for each subject that lost something, and always one for a subject that was given with its account.
    WITH erased AS (
      UPDATE hookcast.events SET personal = NULL, raw = NULL, marks = NULL
      WHERE seq = ANY (targets) AND (personal IS NOT NULL OR raw IS NOT NULL)
      RETURNING seq, provider, source, tenant, subject, event_id
    ), recorded AS (
      INSERT INTO hookcast.erasures (seq, provider, source, tenant, subject, event_ids, erased_at, ordered_by)
      SELECT nextval(pg_get_serial_sequence('hookcast.events', 'seq')), provider, source, tenant, subject, ids,
        moment, who
      FROM (
        SELECT provider, source, tenant, subject, json_agg(event_id ORDER BY seq)::text AS ids FROM erased
        GROUP BY provider, source, tenant, subject ORDER BY min(seq)
      ) AS lost
      RETURNING seq, source, tenant, subject
    )
    SELECT array_agg(seq), max(seq) FILTER (WHERE source = of_source AND tenant = of_tenant
      AND subject = of_subject)
    INTO positions, asked_for FROM recorded;
    UPDATE hookcast.events SET marks = NULL WHERE seq = ANY (targets) AND marks IS NOT NULL;
    IF asked_for IS NULL AND of_subject IS NOT NULL AND of_tenant IS NOT NULL THEN
      SELECT max(seq) INTO asked_for FROM hookcast.erasures
      WHERE source = of_source AND tenant = of_tenant AND subject = of_subject;
      IF asked_for IS NULL THEN
        INSERT INTO hookcast.erasures (seq, provider, source, tenant, subject, event_ids, erased_at, ordered_by)
        VALUES (nextval(pg_get_serial_sequence('hookcast.events', 'seq')), of_provider, of_source, of_tenant,
          of_subject,
          '[]', moment, who)
        RETURNING seq INTO asked_for;
      END IF;
      positions := array_append(positions, asked_for);
    END IF;
    SELECT coalesce(json_agg(json_build_array(
      seq, provider, source, tenant, subject, event_ids, erased_at, ordered_by) ORDER BY seq), '[]')::text
    INTO told FROM hookcast.erasures WHERE seq = ANY (positions);

    INSERT INTO hookcast.tombstones (mark, source, tenant, lasting, erased_at, ordered_by)
    SELECT mark, source, tenant, bool_or(lasting), moment, who FROM (
      SELECT 's' || subject, source, tenant, true
      FROM unnest(sources, tenants, subjects) AS found (source, tenant, subject)
      UNION ALL SELECT 's' || of_subject, of_source, '*', true WHERE of_subject IS NOT NULL AND of_tenant IS NULL
      UNION ALL SELECT mark, '*', '*', false FROM unnest(contacts || spoken) AS mark
      UNION ALL SELECT hookcast.values_in(source, subject), '*', '*', true
      FROM unnest(sources, subjects) AS found (source, subject)
      UNION ALL SELECT hookcast.values_in(of_source, of_subject), '*', '*', true WHERE of_subject IS NOT NULL
      UNION ALL SELECT hookcast.mark(letter, address), coalesce(of_source, '*'), '*', false
      FROM (VALUES ('e'), ('m')) AS kinds (letter) WHERE address IS NOT NULL
    ) AS laid (mark, source, tenant, lasting)
    GROUP BY mark, source, tenant
    ON CONFLICT (mark, source, tenant) DO UPDATE SET
      erased_at = greatest(tombstones.erased_at, excluded.erased_at), ordered_by = excluded.ordered_by,
      lasting = tombstones.lasting OR excluded.lasting;

    WITH settled AS (
      UPDATE hookcast.quarantine SET state = 'ERASED', settled_at = moment, payload = NULL, marks = NULL
      WHERE state = 'WAITING' AND source = coalesce(of_source, source) AND marks && ARRAY(
        SELECT hookcast.mark('m', address) WHERE address IS NOT NULL
        UNION ALL SELECT unnest(spoken)
        UNION ALL SELECT hookcast.values_in(source, subject) FROM unnest(sources, subjects) AS found (source,
          subject)
        UNION ALL SELECT hookcast.values_in(of_source, of_subject) WHERE of_subject IS NOT NULL
      )
      RETURNING id
    )
    SELECT count(*) INTO quarantined FROM settled;
    PERFORM pg_notify('hookcast', sender);
  END $$;
`;
