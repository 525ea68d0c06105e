import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EventLog } from '../../src/events/event-log.ts';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { TestGateway } from './gateway.ts';

export const MAX_BODY_BYTES = 64 * 1024;
export const PUBLIC_URL = 'https://hooks.example.com';

/** A gateway whose only source is `it`, of this provider, and its log. Ended with the test. */
export async function serveProvider(provider: Provider): Promise<{ url: string; log: EventLog }> {
  const env = { MAX_BODY_BYTES: String(MAX_BODY_BYTES), PUBLIC_URL };
  const gateway = await TestGateway.start({ sources: new Map([['it', provider]]), env });
  const log = new SqliteLog(join(gateway.folder, 'hookcast.db'));
  onTestFinished(() => log.close());
  return { url: `${gateway.url}/webhooks/it`, log };
}
