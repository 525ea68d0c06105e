/** The functions that find people and erase them, as of version 6. `known` is the version that the gateway writes. */
export const VERSION_6_ERASE = `
  DROP FUNCTION hookcast.find_people(text, text, text, text[], text);
  DROP FUNCTION hookcast.preview_erasure(text, text, text, text[], text);
  DROP FUNCTION hookcast.erase(integer, text, text, text, text, text, text[], text, bigint, text);
  DROP FUNCTION hookcast.values_in(text, text);

  -- A person's id, as it may be in a payload that fits no schema: its mark, its account (null if the request names no
  -- account), and whether its tombstone holds back all later deliveries for as long as the tombstone is kept.
  CREATE TYPE hookcast.spoken_id AS (mark text, source text, tenant text, lasting boolean);

  -- Whether a value identifies no person: the nil UUID, the max UUID (RFC 9562), or a word in the place of an id.
  CREATE FUNCTION hookcast.is_nobody(id text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT id ~* '^([0-]*|f{8}(-f{4}){3}-f{12}|null|nil|undefined|unknown|none|n/a|anonymous)$'
  $$;

  -- The ids by which a payload may name a subject: 1 for ticket/1, and both 7:1 and 1 for ticket/7:1.
  CREATE FUNCTION hookcast.ids_in(subject text) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
    SELECT id FROM (SELECT substr(subject, strpos(subject, '/') + 1)) AS named (whole),
      LATERAL (VALUES (whole), (CASE WHEN strpos(whole, ':') > 0 THEN substr(whole, strpos(whole, ':') + 1) END)) AS parts (id)
    WHERE id IS NOT NULL
  $$;

  -- Finds the people of an erasure in quarantine. In a payload that fits no schema, the meaning of an id is unknown. So
  -- an account's id is searched for only in deliveries of that account and in those that show no account. An id that is
  -- in more than twenty of these deliveries finds none: it may be a common word in the place of an id, and then one
  -- account's request would erase the people in all other deliveries.
  CREATE FUNCTION hookcast.find_waiting(
    of_source text, of_tenant text, of_subject text, named text[], address text, sources text[], tenants text[],
    subjects text[],
    -- The ids that are known from the events.
    told hookcast.spoken_id[],
    OUT waiting bigint[],
    -- The ids that were searched for.
    OUT spoken hookcast.spoken_id[],
    -- How many ids were not searched for: those that identify no person, and those that are in too many deliveries.
    OUT nobodys integer, OUT common integer
  ) LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
  DECLARE
    looked hookcast.spoken_id[];
    one hookcast.spoken_id;
    ids bigint[];
  BEGIN
    spoken := '{}';
    common := 0;
    WITH theirs (id, source, tenant, lasting) AS (
      SELECT unnest(named), of_source, of_tenant, false
      UNION ALL SELECT hookcast.ids_in(of_subject), of_source, of_tenant, true WHERE of_subject IS NOT NULL
      UNION ALL SELECT hookcast.ids_in(known.subject), known.source, known.tenant, true
      FROM unnest(sources, tenants, subjects) AS known (source, tenant, subject)
    ), marked (mark, source, tenant, lasting) AS (
      SELECT hookcast.value_marks(theirs.source, ARRAY[theirs.id]), theirs.source, theirs.tenant, theirs.lasting
      FROM theirs WHERE NOT hookcast.is_nobody(theirs.id)
      UNION ALL SELECT events.mark, events.source, events.tenant, events.lasting FROM unnest(told) AS events
    )
    SELECT
      -- Short ids are not searched for.
      (SELECT count(DISTINCT theirs.id) FROM theirs WHERE hookcast.is_nobody(theirs.id) AND char_length(theirs.id) >= 8),
      ARRAY(
        SELECT ROW(marked.mark, marked.source, marked.tenant, bool_or(marked.lasting))::hookcast.spoken_id
        FROM marked GROUP BY marked.mark, marked.source, marked.tenant
      )
    INTO nobodys, looked;
    waiting := '{}';
    -- A large erasure has thousands of ids, and every append waits for it.
    IF NOT EXISTS (SELECT FROM hookcast.quarantine WHERE state = 'WAITING') THEN
      spoken := looked;
      RETURN;
    END IF;
    -- An address always identifies a person, in every account and in any number of deliveries.
    IF address IS NOT NULL THEN
      waiting := ARRAY(
        SELECT kept.id FROM (
          SELECT id, state, source FROM hookcast.quarantine WHERE marks @> ARRAY[hookcast.mark('m', address)] OFFSET 0
        ) AS kept
        WHERE kept.state = 'WAITING' AND kept.source = coalesce(of_source, kept.source)
      );
    END IF;
    FOREACH one IN ARRAY looked LOOP
      ids := ARRAY(
        -- OFFSET 0 keeps the planner from merging the queries: without statistics it would read all waiting deliveries
        -- for each of thousands of ids.
        SELECT kept.id FROM (
          SELECT id, state, source, tenant FROM hookcast.quarantine WHERE marks @> ARRAY[one.mark] OFFSET 0
        ) AS kept
        WHERE kept.state = 'WAITING' AND kept.source = one.source
          AND (one.tenant IS NULL OR kept.tenant IS NULL OR kept.tenant = one.tenant)
        LIMIT 21
      );
      IF cardinality(ids) > 20 THEN
        common := common + 1;
      ELSE
        spoken := array_append(spoken, one);
        waiting := waiting || ids;
      END IF;
    END LOOP;
    waiting := ARRAY(SELECT DISTINCT id FROM unnest(waiting) AS id);
  END $$;

  -- Finds the people of an erasure, by address if there is one, otherwise by subject. It changes nothing. A preview and
  -- an erasure both use it, so that the preview shows exactly what will be erased.
  CREATE FUNCTION hookcast.find_people(
    of_source text, of_tenant text, of_subject text, named text[], address text,
    -- All events that may lose something.
    OUT targets bigint[],
    OUT sources text[], OUT tenants text[], OUT subjects text[], OUT contacts text[],
    -- These are described at find_waiting.
    OUT waiting bigint[], OUT spoken hookcast.spoken_id[], OUT nobodys integer, OUT common integer
  ) LANGUAGE plpgsql STABLE AS $$
  DECLARE
    -- The events that identify the people.
    principals bigint[];
    told hookcast.spoken_id[];
  BEGIN
    IF address IS NULL THEN
      targets := ARRAY(
        SELECT seq FROM hookcast.events
        WHERE subject = of_subject AND source = of_source AND tenant = coalesce(of_tenant, tenant)
        -- An older hookcast would have given these events this subject.
        UNION SELECT seq FROM hookcast.events
        WHERE marks @> ARRAY['s' || of_subject] AND source = of_source AND tenant = coalesce(of_tenant, tenant)
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
      UNION SELECT source, tenant, substr(mark, 2) FROM hookcast.events, unnest(marks) AS mark
      WHERE seq = ANY (principals) AND hookcast.is_about_one(marks) AND mark LIKE 's%'
      UNION SELECT of_source, of_tenant, of_subject WHERE of_subject IS NOT NULL AND of_tenant IS NOT NULL
    ) AS found;
    contacts := ARRAY(
      SELECT mark FROM hookcast.events, unnest(marks) AS mark
      WHERE seq = ANY (principals) AND hookcast.is_about_one(marks) AND mark LIKE 'c%'
      UNION SELECT hookcast.mark('c', array_to_json(ARRAY[of_source, tenant, id])::text)
      FROM unnest(named) AS id, unnest(tenants) AS tenant
    );
    told := ARRAY(
      SELECT DISTINCT ROW(mark, source, tenant, false)::hookcast.spoken_id FROM hookcast.events, unnest(marks) AS mark
      WHERE seq = ANY (principals) AND hookcast.is_about_one(marks) AND mark LIKE 'v%'
    );
    targets := targets
      || ARRAY(
        SELECT seq FROM unnest(sources, tenants, subjects) AS found (source, tenant, subject)
        JOIN hookcast.events USING (source, tenant, subject)
      )
      || ARRAY(SELECT seq FROM hookcast.events WHERE marks && contacts);
    SELECT held.* INTO waiting, spoken, nobodys, common FROM hookcast.find_waiting(
      of_source, of_tenant, of_subject, named, address, sources, tenants, subjects, told) AS held;
  END $$;

  -- Returns what an erasure would do: the events by source and type, as a list of rows, and counts.
  CREATE FUNCTION hookcast.preview_erasure(
    of_source text, of_tenant text, of_subject text, named text[], address text,
    OUT events text, OUT subjects bigint, OUT without_subject bigint, OUT by_id bigint, OUT by_address bigint,
    OUT quarantined integer, OUT nobodys integer, OUT common integer
  ) LANGUAGE plpgsql STABLE AS $$
  DECLARE
    found record;
  BEGIN
    SELECT * INTO found FROM hookcast.find_people(of_source, of_tenant, of_subject, named, address);
    quarantined := cardinality(found.waiting);
    nobodys := found.nobodys;
    common := found.common;
    SELECT count(DISTINCT (lost.source, lost.tenant, lost.subject)) FILTER (WHERE lost.subject IS NOT NULL),
      count(*) FILTER (WHERE lost.subject IS NULL)
    INTO subjects, without_subject FROM hookcast.events AS lost
    WHERE seq = ANY (found.targets) AND (personal IS NOT NULL OR raw IS NOT NULL);
    SELECT coalesce(json_agg(json_build_array(source, type, count) ORDER BY first), '[]')::text
    INTO events FROM (
      SELECT lost.source, lost.type, count(*), min(lost.seq) AS first FROM hookcast.events AS lost
      WHERE seq = ANY (found.targets) AND (personal IS NOT NULL OR raw IS NOT NULL)
      GROUP BY lost.source, lost.type
    ) AS kinds;
    SELECT count(DISTINCT mark) FILTER (WHERE mark LIKE 'c%'), count(DISTINCT mark) FILTER (WHERE mark LIKE 'e%')
    INTO by_id, by_address FROM hookcast.events AS lost, unnest(lost.marks) AS mark
    WHERE seq = ANY (found.targets) AND (personal IS NOT NULL OR raw IS NOT NULL);
  END $$;

  -- Erases, and returns the erasures as a list of rows, in the order of their positions.
  CREATE FUNCTION hookcast.erase(
    known integer, sender text, of_provider text, of_source text, of_tenant text, of_subject text, named text[],
    address text, moment bigint, who text, OUT epoch text, OUT told text, OUT quarantined integer, OUT nobodys integer,
    OUT common integer
  ) LANGUAGE plpgsql AS $$
  DECLARE
    targets bigint[];
    sources text[];
    tenants text[];
    subjects text[];
    contacts text[];
    waiting bigint[];
    spoken hookcast.spoken_id[];
    positions bigint[];
    asked_for bigint;
  BEGIN
    epoch := hookcast.take_turn(known);
    SELECT found.* INTO targets, sources, tenants, subjects, contacts, waiting, spoken, nobodys, common
    FROM hookcast.find_people(of_source, of_tenant, of_subject, named, address) AS found;

    -- One erasure for each subject that lost something, and always one for a subject that was given with its account.
    WITH erased AS (
      UPDATE hookcast.events SET personal = NULL, raw = NULL, marks = NULL, personal_checksum = NULL
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
      UNION ALL SELECT mark, '*', '*', false FROM unnest(contacts) AS mark
      UNION ALL SELECT id.mark, id.source, coalesce(id.tenant, '*'), id.lasting FROM unnest(spoken) AS id
      UNION ALL SELECT hookcast.mark(letter, address), coalesce(of_source, '*'), '*', false
      FROM (VALUES ('e'), ('m')) AS kinds (letter) WHERE address IS NOT NULL
    ) AS laid (mark, source, tenant, lasting)
    GROUP BY mark, source, tenant
    ON CONFLICT (mark, source, tenant) DO UPDATE SET
      erased_at = greatest(tombstones.erased_at, excluded.erased_at), ordered_by = excluded.ordered_by,
      lasting = tombstones.lasting OR excluded.lasting;

    -- The rest of a payload has no checksum, since it is not what was written.
    WITH changed AS (
      UPDATE hookcast.quarantine
      SET payload = coalesce(remainder, '{}'), remainder = NULL, marks = NULL, checksum = NULL, erased_at = moment
      WHERE id = ANY (waiting)
      RETURNING id
    )
    SELECT count(*) INTO quarantined FROM changed;
    PERFORM pg_notify('hookcast', sender);
  END $$;
`;
