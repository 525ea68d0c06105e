import type { Connection } from '../connection.ts';

/**
 * From one version of the schema to the next: SQL, and what SQL can't do, in turn. It says itself all that it needs, as it
 * was when it was released: today's columns and statements are those of the newest version only.
 */
export type Step = readonly (string | ((connection: Connection) => Promise<void>))[];
