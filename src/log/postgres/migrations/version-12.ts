/** What version 12 adds: sources that are paused, how far each was reconciled, and whose silence was told. */
export const VERSION_12 = `
  CREATE TABLE hookcast.paused (
    source text COLLATE "C" PRIMARY KEY,
    paused_at bigint NOT NULL,
    os_user text,
    token_id text,
    holder text,
    reason text
  );

  CREATE TABLE hookcast.reconciliations (
    source text COLLATE "C" PRIMARY KEY,
    since_at bigint,
    cursor text,
    run_at bigint,
    completed_at bigint,
    due_at bigint NOT NULL DEFAULT 0,
    trouble text,
    webhook text,
    seen bigint NOT NULL DEFAULT 0,
    missed text NOT NULL DEFAULT '{}',
    holder text,
    held_until bigint
  );

  CREATE TABLE hookcast.silences (
    source text COLLATE "C" PRIMARY KEY,
    since_at bigint NOT NULL
  );
`;
