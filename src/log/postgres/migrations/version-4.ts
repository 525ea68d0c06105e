/**
 * What version 4 adds: checksums of what was written, and that a gateway of another version than the log's writes nothing.
 * The functions that write are in `version-4-write.ts` and `version-4-erase.ts`.
 */
export const VERSION_4 = `
  -- One checksum of the columns that an erasure leaves, and one of those that it deletes: a checksum of both would
  -- stay, and a guess about the person could be checked against it. Rows of older versions have none. A crc32 has 32
  -- bits without a sign, which don't fit into an integer.
  ALTER TABLE hookcast.events ADD COLUMN checksum bigint, ADD COLUMN personal_checksum bigint;
  ALTER TABLE hookcast.quarantine ADD COLUMN checksum bigint;

  -- A number that tells an event or erasure from another that may get the same position later.
  CREATE FUNCTION hookcast.mark_at(place bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(
      (SELECT checksum FROM hookcast.events WHERE seq = $1),
      (SELECT erased_at % 4294967296 FROM hookcast.erasures WHERE seq = $1)
    )
  $$;

  -- Refuses writes of a gateway that knows another version of the schema, since the columns have changed.
  CREATE FUNCTION hookcast.knows(known integer) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
  DECLARE
    current integer := (SELECT log.version FROM hookcast.log);
  BEGIN
    IF known = current THEN
      RETURN true;
    END IF;
    IF known < current THEN
      RAISE 'the log was brought to schema % by a newer hookcast, and this one writes schema %: start the newer hookcast everywhere',
        current, known USING ERRCODE = 'HK002';
    END IF;
    RAISE 'the log was put back to schema %, and this hookcast writes schema %: start it again, which brings the log up to date',
      current, known USING ERRCODE = 'HK002';
  END $$;

  -- Gateways of versions 1 to 3 call these functions before they write. Their other functions stay as they were, so
  -- that those gateways get the reason as an error.
  CREATE OR REPLACE FUNCTION hookcast.take_turn() RETURNS text LANGUAGE plpgsql AS $$
  BEGIN
    RETURN hookcast.knows(3)::text;
  END $$;
  CREATE OR REPLACE FUNCTION hookcast.assert_salt(made_with text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM hookcast.knows(3);
  END $$;
  CREATE OR REPLACE FUNCTION hookcast.trim(received_before bigint, most integer, forgotten bigint) RETURNS integer
  LANGUAGE plpgsql AS $$
  BEGIN
    RETURN hookcast.knows(3)::integer;
  END $$;

  -- Both ends of the log, the ends of the epochs before this one, and the mark of the newest item.
  CREATE OR REPLACE VIEW hookcast.extent AS SELECT
    epoch, floor, head, lineage, hookcast.mark_at(head) AS mark
  FROM (
    SELECT
      (SELECT epoch FROM hookcast.epochs ORDER BY number DESC LIMIT 1) AS epoch,
      log.floor,
      greatest(log.floor, (SELECT max(seq) FROM hookcast.events), (SELECT max(seq) FROM hookcast.erasures)) AS head,
      (SELECT coalesce(json_agg(json_build_array(epoch, ended) ORDER BY number), '[]') FROM (
        SELECT number, epoch, lead(after) OVER (ORDER BY number) AS ended FROM hookcast.epochs
      ) AS epochs WHERE ended IS NOT NULL) AS lineage
    FROM hookcast.log
  ) AS ends;

  -- From here to the commit no other session draws a position, so positions are in the order of the commits. The first
  -- write on another server or timeline begins an epoch, since the positions after this one may belong to other events
  -- elsewhere. An erasure could not find an event whose marks were made with the secret of another log.
  CREATE FUNCTION hookcast.take_turn(known integer, made_with text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(1752133483, 1);
    PERFORM hookcast.knows(known);
    IF made_with <> (SELECT salt FROM hookcast.log) THEN
      RAISE 'the marks are those of another log' USING ERRCODE = 'HK001';
    END IF;
    IF (SELECT copying FROM hookcast.log) THEN
      RAISE 'a copy into this log is not finished' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    PERFORM hookcast.draw_on();
    IF (SELECT history FROM hookcast.epochs ORDER BY number DESC LIMIT 1) <> current_setting('hookcast.history') THEN
      INSERT INTO hookcast.epochs (epoch, after, history)
      SELECT translate(gen_random_uuid()::text, '-', ''), head, current_setting('hookcast.history') FROM hookcast.extent;
    END IF;
    RETURN (SELECT epoch FROM hookcast.epochs ORDER BY number DESC LIMIT 1);
  END $$;
`;
