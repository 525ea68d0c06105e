import { join } from 'node:path';
import type { EventLog } from '../../src/events/event-log.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { TestGateway } from './gateway.ts';

export const MAX_BODY_BYTES = 64 * 1024;
export const PUBLIC_URL = 'https://hooks.example.com';

export interface Served {
  readonly url: string;
  readonly log: EventLog;
  readonly end: () => Promise<void>;
}

/** A gateway whose only source is `it`, of this provider, and its log. */
export async function serveProvider(provider: Provider): Promise<Served> {
  const env = { MAX_BODY_BYTES: String(MAX_BODY_BYTES), PUBLIC_URL };
  const gateway = await TestGateway.start({ lasting: true, sources: new Map([['it', provider]]), env });
  const log = new SqliteLog(join(gateway.folder, 'hookcast.db'));
  const end = async () => {
    await log.close();
    await gateway.end();
  };
  return { url: `${gateway.url}/webhooks/it`, log, end };
}
