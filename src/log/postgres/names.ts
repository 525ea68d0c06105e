/** Hookcast's advisory locks: 'hook' in ASCII, and a number for the purpose. They belong to the database, not the schema. */
export const APPENDING = '1752133483, 1';
export const MIGRATING = '1752133483, 2';
export const REVISING = '1752133483, 3';

/** The channel of notifications that the head has moved. The payload names the process that moved it. */
export const CHANNEL = 'hookcast';

/** The SQLSTATE of an append whose marks were made with the secret of another log. */
export const OF_ANOTHER_LOG = 'HK001';
