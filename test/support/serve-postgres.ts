import { PostgresServer } from './postgres.ts';

/**
 * Once before all tests that need PostgreSQL: a server for all files, each with databases of its own, and a folder for those
 * that need a server of their own, which is copied instead of made anew.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['HOOKCAST_POSTGRES']) return undefined;
  const prepared = await PostgresServer.prepare();
  process.env['HOOKCAST_POSTGRES_FOLDER'] = prepared.folder;
  // Another one's version or settings, for all but the tests that stop their server.
  const given = process.env['TEST_POSTGRES_URL'];
  if (given) {
    process.env['HOOKCAST_POSTGRES'] = given;
    return async () => prepared.remove();
  }
  // More than the hundred connections that are the default: several files use it at the same time.
  const server = await PostgresServer.start(['max_connections=400']);
  process.env['HOOKCAST_POSTGRES'] = server.url();
  return async () => {
    await server.remove();
    prepared.remove();
  };
}
