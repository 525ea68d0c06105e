/** What version 2 adds. */
export const VERSION_2 = `
  -- The secret that marks are made with.
  ALTER TABLE hookcast.log ADD COLUMN salt text NOT NULL DEFAULT '';
  UPDATE hookcast.log SET salt = translate(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');

  ALTER TABLE hookcast.events
    ADD COLUMN version text COLLATE "C",
    ADD COLUMN superseded boolean NOT NULL DEFAULT false,
    ADD COLUMN marks text[] COLLATE "C";

  ALTER TABLE hookcast.erasures
    ALTER COLUMN subject DROP NOT NULL,
    -- In version 1 only privacy requests of a provider erased.
    ADD COLUMN ordered_by text NOT NULL DEFAULT 'a privacy request of the provider';
  ALTER TABLE hookcast.erasures ALTER COLUMN ordered_by DROP DEFAULT;

  CREATE TABLE hookcast.tombstones (
    mark text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    tenant text COLLATE "C" NOT NULL,
    lasting boolean NOT NULL,
    erased_at bigint NOT NULL,
    ordered_by text NOT NULL,
    PRIMARY KEY (mark, source, tenant)
  );
  INSERT INTO hookcast.tombstones
  SELECT 's' || subject, source, tenant, true, max(erased_at), min(ordered_by) FROM hookcast.erasures
  GROUP BY source, tenant, subject;

  ALTER TABLE hookcast.quarantine
    ALTER COLUMN payload DROP NOT NULL,
    ADD COLUMN state text NOT NULL DEFAULT 'WAITING',
    ADD COLUMN settled_at bigint,
    ADD COLUMN marks text[] COLLATE "C";

  CREATE TABLE hookcast.fields (
    source text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    path text COLLATE "C" NOT NULL,
    change text COLLATE "C" NOT NULL,
    expected boolean NOT NULL,
    count bigint NOT NULL,
    first_seen_at bigint NOT NULL,
    last_seen_at bigint NOT NULL,
    PRIMARY KEY (source, type, path, change)
  );

  -- Makes the same mark as the gateways.
  CREATE FUNCTION hookcast.mark(letter text, said text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT letter || left(encode(sha256(convert_to(salt || said, 'UTF8')), 'hex'), 20) FROM hookcast.log
  $$;
`;

/**
 * Made when the events of version 1 have their marks. Inverted indexes, of which an append only writes a list to be sorted
 * in later, cost it a fifth where rows in a table of marks cost it a half; and 256 kB of that list take some milliseconds
 * to sort in, where the default of 4 MB takes a tenth of a second, with everybody waiting.
 */
export const VERSION_2_INDEXES = `
  CREATE INDEX events_by_version ON hookcast.events (source, tenant, subject, version) WHERE version IS NOT NULL;
  CREATE INDEX events_by_mark ON hookcast.events USING gin (marks) WITH (gin_pending_list_limit = 256)
    WHERE marks IS NOT NULL;
  CREATE INDEX quarantine_by_mark ON hookcast.quarantine USING gin (marks) WITH (gin_pending_list_limit = 256)
    WHERE marks IS NOT NULL;
  CREATE INDEX quarantine_by_state ON hookcast.quarantine (state, id);
  CREATE INDEX quarantine_by_settlement ON hookcast.quarantine (settled_at) WHERE settled_at IS NOT NULL;
`;
