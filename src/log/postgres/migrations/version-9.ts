/**
 * What version 9 adds: revisions, with what the cursors of an event were marked before it was revised, and which types each
 * gateway serves. What revises is in `version-9-revise.ts`.
 */
export const VERSION_9 = `
  -- The mark in the cursors of a revised event: its first checksum.
  ALTER TABLE hookcast.events ADD COLUMN cursor_mark bigint;
  CREATE TABLE hookcast.revisions (
    seq bigint PRIMARY KEY,
    -- The position of the event, and its former values, by which filters found it.
    event_seq bigint NOT NULL,
    type text COLLATE "C" NOT NULL,
    shape text COLLATE "C" NOT NULL,
    kind text COLLATE "C",
    subject text COLLATE "C",
    -- Whether the event is now counted differently.
    recounted boolean NOT NULL,
    revised_at bigint NOT NULL
  );

  CREATE TABLE hookcast.gateways (
    gateway text COLLATE "C" PRIMARY KEY,
    -- A hash of the types that the gateway serves.
    types text NOT NULL,
    seen_at bigint NOT NULL
  );

  CREATE OR REPLACE FUNCTION hookcast.mark_at(place bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(
      (SELECT coalesce(cursor_mark, checksum) FROM hookcast.events WHERE seq = $1),
      (SELECT erased_at % 4294967296 FROM hookcast.erasures WHERE seq = $1),
      (SELECT revised_at % 4294967296 FROM hookcast.revisions WHERE seq = $1)
    )
  $$;

  CREATE OR REPLACE VIEW hookcast.extent AS SELECT
    epoch, floor, head, lineage, hookcast.mark_at(head) AS mark
  FROM (
    SELECT
      (SELECT epoch FROM hookcast.epochs ORDER BY number DESC LIMIT 1) AS epoch,
      log.floor,
      greatest(log.floor, (SELECT max(seq) FROM hookcast.events), (SELECT max(seq) FROM hookcast.erasures),
        (SELECT max(seq) FROM hookcast.revisions)) AS head,
      (SELECT coalesce(json_agg(json_build_array(epoch, ended) ORDER BY number), '[]') FROM (
        SELECT number, epoch, lead(after) OVER (ORDER BY number) AS ended FROM hookcast.epochs
      ) AS epochs WHERE ended IS NOT NULL) AS lineage
    FROM hookcast.log
  ) AS ends;

  CREATE OR REPLACE FUNCTION hookcast.trim(known integer, received_before bigint, most integer, forgotten bigint) RETURNS integer
  LANGUAGE plpgsql AS $$
  DECLARE
    upto bigint;
    pieces integer;
  BEGIN
    PERFORM pg_advisory_xact_lock(1752133483, 1);
    PERFORM hookcast.knows(known);
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
    -- Revisions above the floor stay, even if their events are deleted: the newest revision may be the log's head.
    DELETE FROM hookcast.revisions WHERE seq <= (SELECT floor FROM hookcast.log);
    DELETE FROM hookcast.erasures WHERE seq <= (SELECT floor FROM hookcast.log) AND erased_at < forgotten;
    DELETE FROM hookcast.tombstones WHERE erased_at < forgotten;
    DELETE FROM hookcast.quarantine WHERE settled_at < received_before;
    RETURN pieces;
  END $$;
`;
