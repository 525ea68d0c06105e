/**
 * The index of words: the keys of each event's words, with the events that it lacks although it is beyond them, and how far it is.
 * Triggers keep it to what the events say: they run only where an event is erased, revised or deleted, and not for an append.
 */
export const VERSION_14 = `
  CREATE TABLE hookcast.words (
    seq bigint PRIMARY KEY,
    -- Those of personal words are below 0.
    keys integer[] NOT NULL
  );
  -- With a list of pending entries, the append that finds the list full would have to sort it in.
  CREATE INDEX words_by_key ON hookcast.words USING gin (keys) WITH (fastupdate = off);
  CREATE TABLE hookcast.unindexed (seq bigint PRIMARY KEY);
  CREATE TABLE hookcast.indexing (up_to bigint NOT NULL, wording integer NOT NULL);

  CREATE FUNCTION hookcast.forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    DELETE FROM hookcast.words WHERE seq IN (SELECT seq FROM changed);
    DELETE FROM hookcast.unindexed WHERE seq IN (SELECT seq FROM changed);
    RETURN NULL;
  END $$;
  CREATE TRIGGER forget_words AFTER DELETE ON hookcast.events REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION hookcast.forget_words();

  CREATE FUNCTION hookcast.forget_personal_words() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE hookcast.words SET keys = ARRAY(SELECT key FROM unnest(keys) AS key WHERE key >= 0) WHERE seq = OLD.seq;
    RETURN NULL;
  END $$;
  CREATE TRIGGER forget_personal_words AFTER UPDATE OF personal ON hookcast.events FOR EACH ROW
    WHEN (OLD.personal IS NOT NULL AND NEW.personal IS NULL) EXECUTE FUNCTION hookcast.forget_personal_words();

  CREATE FUNCTION hookcast.forget_moved_words() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    DELETE FROM hookcast.words WHERE seq = OLD.seq;
    RETURN NULL;
  END $$;
  CREATE TRIGGER forget_moved_words AFTER UPDATE OF seq ON hookcast.events FOR EACH ROW
    WHEN (OLD.seq <> NEW.seq) EXECUTE FUNCTION hookcast.forget_moved_words();

  -- A revision deletes its event and inserts the new form, so the words are gone before.
  CREATE FUNCTION hookcast.index_again() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO hookcast.unindexed (seq) VALUES (NEW.event_seq) ON CONFLICT DO NOTHING;
    RETURN NULL;
  END $$;
  CREATE TRIGGER index_again AFTER INSERT ON hookcast.revisions FOR EACH ROW EXECUTE FUNCTION hookcast.index_again();

  CREATE FUNCTION hookcast.indexed(made_as integer) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT up_to FROM hookcast.indexing WHERE wording = made_as), 0)
  $$;
  CREATE FUNCTION hookcast.last_changed() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT greatest((SELECT max(seq) FROM hookcast.erasures), (SELECT max(seq) FROM hookcast.revisions), 0)
  $$;

  -- Adds the words of events to the index. "was" and "changed" are what the two functions above said before the events were
  -- read. Returns false, and adds nothing, if another gateway indexes, or if something was erased or revised meanwhile. Only
  -- for the last look it takes the lock of appends, and it waits for no disk: the index can be made again.
  CREATE FUNCTION hookcast.add_words(
    known integer, made_as integer, was bigint, changed bigint, reached bigint, again bigint[], list jsonb
  ) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    given bigint[];
  BEGIN
    PERFORM hookcast.knows(known);
    IF NOT pg_try_advisory_xact_lock(1752133483, 4) THEN
      RETURN false;
    END IF;
    IF hookcast.indexed(made_as) <> was THEN
      RETURN false;
    END IF;
    PERFORM set_config('synchronous_commit', 'off', true);
    IF was = 0 THEN
      DELETE FROM hookcast.words;
      DELETE FROM hookcast.unindexed;
    END IF;
    given := ARRAY(SELECT (record ->> 0)::bigint FROM jsonb_array_elements(list) AS listed (record));
    INSERT INTO hookcast.words (seq, keys)
    SELECT (record ->> 0)::bigint, ARRAY(SELECT key::integer FROM jsonb_array_elements_text(record -> 1) AS keys (key))
    FROM jsonb_array_elements(list) AS listed (record)
    ON CONFLICT (seq) DO UPDATE SET keys = excluded.keys;
    PERFORM pg_advisory_xact_lock(1752133483, 1);
    IF hookcast.last_changed() <> changed THEN
      DELETE FROM hookcast.words WHERE seq = ANY (given);
      RETURN false;
    END IF;
    -- Retention may have deleted some of them meanwhile.
    DELETE FROM hookcast.words WHERE seq = ANY (given) AND seq <= (SELECT floor FROM hookcast.log);
    DELETE FROM hookcast.unindexed WHERE seq = ANY (again || given);
    DELETE FROM hookcast.indexing;
    INSERT INTO hookcast.indexing (up_to, wording) VALUES (reached, made_as);
    RETURN true;
  END $$;
`;
