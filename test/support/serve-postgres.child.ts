import { once } from 'node:events';
import { PostgresServer } from './postgres.ts';

/** Runs the server that `serve-postgres.ts` asks for: says where it is, and removes it when it is told to. */
const prepared = await PostgresServer.prepare();
process.env['HOOKCAST_POSTGRES_FOLDER'] = prepared.folder;
// More than the hundred connections that are the default: several files use it at the same time.
const server = process.argv[2] === 'folder' ? null : await PostgresServer.start(['max_connections=400']);
process.send?.({ folder: prepared.folder, url: server?.url() ?? null });
await once(process, 'message');
await server?.remove();
prepared.remove();
process.disconnect();
