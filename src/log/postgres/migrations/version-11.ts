/**
 * What version 11 adds: tokens with ids, what operators and readers did, and refused deliveries, encrypted. A database that was moved
 * without its sequences goes on after the ids that there are.
 */
export const VERSION_11 = `
  CREATE TABLE hookcast.tokens (
    token_id text COLLATE "C" PRIMARY KEY,
    label text,
    tenants text,
    scope text,
    issued_at bigint,
    expires_at bigint,
    revoked_at bigint,
    used_at bigint
  );
  -- Grows by one with each token that is issued or revoked. Gateways ask only for this number.
  ALTER TABLE hookcast.log ADD COLUMN token_changes bigint NOT NULL DEFAULT 0;

  CREATE TABLE hookcast.audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    noted_at bigint NOT NULL,
    action text NOT NULL,
    os_user text,
    token_id text,
    holder text,
    operation text,
    target text,
    count bigint
  );
  CREATE INDEX audit_by_time ON hookcast.audit (noted_at);
  CREATE FUNCTION hookcast.never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE 'an entry of the audit is never changed';
  END $$;
  CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON hookcast.audit FOR EACH ROW EXECUTE FUNCTION hookcast.never_changed();

  CREATE TABLE hookcast.refused (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    sender text NOT NULL,
    digest text NOT NULL,
    reason text NOT NULL,
    size bigint NOT NULL,
    sealed text NOT NULL,
    received_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    UNIQUE (source, digest)
  );
  CREATE INDEX refused_by_end ON hookcast.refused (expires_at);

  CREATE OR REPLACE FUNCTION hookcast.draw_on() RETURNS bigint LANGUAGE plpgsql AS $$
  BEGIN
    RETURN (
      SELECT count(setval(drawn.sequence, drawn.last)) FROM (VALUES
        ('hookcast.events_seq_seq'::regclass, (SELECT head FROM hookcast.extent)),
        ('hookcast.quarantine_id_seq'::regclass, (SELECT max(id) FROM hookcast.quarantine)),
        ('hookcast.epochs_number_seq'::regclass, (SELECT max(number)::bigint FROM hookcast.epochs)),
        ('hookcast.brought_id_seq'::regclass, (SELECT max(id) FROM hookcast.brought)),
        ('hookcast.audit_id_seq'::regclass, (SELECT max(id) FROM hookcast.audit)),
        ('hookcast.refused_id_seq'::regclass, (SELECT max(id) FROM hookcast.refused))
      ) AS drawn (sequence, last)
      WHERE drawn.last > coalesce(pg_sequence_last_value(drawn.sequence), 0)
    );
  END $$;
`;
