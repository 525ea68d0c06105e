import type { Step } from './step.ts';

/** Tokens with ids (`tokens.ts`), what operators and readers did (`audit.ts`), and refused deliveries (`refused.ts`). */
export const TO_11: Step = [
  `
  CREATE TABLE IF NOT EXISTS tokens (
    token_id TEXT PRIMARY KEY,
    label TEXT,
    tenants TEXT,
    scope TEXT,
    issued_at INTEGER,
    expires_at INTEGER,
    revoked_at INTEGER,
    used_at INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY,
    noted_at INTEGER NOT NULL,
    action TEXT NOT NULL,
    os_user TEXT,
    token_id TEXT,
    holder TEXT,
    operation TEXT,
    target TEXT,
    count INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS audit_by_time ON audit (noted_at);
  CREATE TRIGGER IF NOT EXISTS audit_is_append_only BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'an entry of the audit is never changed'); END;

  CREATE TABLE IF NOT EXISTS refused (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    sender TEXT NOT NULL,
    digest TEXT NOT NULL,
    reason TEXT NOT NULL,
    size INTEGER NOT NULL,
    sealed TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (source, digest)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS refused_by_end ON refused (expires_at);
  `,
  // Grows by one with each token that is issued or revoked. Gateways ask only for this number.
  (database) => {
    const known = database.prepare("SELECT name FROM pragma_table_info('log')").all();
    if (known.some(({ name }) => name === 'token_changes')) return;
    database.exec('ALTER TABLE log ADD COLUMN token_changes INTEGER NOT NULL DEFAULT 0');
  },
];
