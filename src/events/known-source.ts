import { HookcastError } from '../errors.ts';
import type { EventLog } from './event-log.ts';

const PAGE = 100;

/**
 * @throws {HookcastError} NOT_FOUND when the log has no event, no delivery in quarantine and no field of the source: its name
 *   is mistyped then.
 */
export async function requireSource(log: EventLog, source: string): Promise<void> {
  if ((await log.fields.list()).some((field) => field.source === source)) return;
  const { events } = await log.read({ direction: 'forward', limit: 1, filter: { sources: [source] } });
  if (events.length > 0) return;
  for (let after = 0; ;) {
    const page = await log.quarantine.list({ after, limit: PAGE });
    if (page.some((delivery) => delivery.source === source)) return;
    if (page.length < PAGE) throw new HookcastError('NOT_FOUND', `The log has nothing of a source "${source}".`);
    after = page.at(-1)!.id;
  }
}
