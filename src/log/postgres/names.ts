/** Advisory locks of ours: 'hook' in ASCII, and what for. They are the database's, not the schema's. */
export const APPENDING = '1752133483, 1';
export const MIGRATING = '1752133483, 2';
export const REVISING = '1752133483, 3';

/** The notification that the head has moved. It names who moved it. */
export const CHANNEL = 'hookcast';

/** The SQLSTATE of an append whose marks were made with the secret of another log. */
export const OF_ANOTHER_LOG = 'HK001';
