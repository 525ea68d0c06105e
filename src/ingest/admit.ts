import { HookcastError } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Admitted } from '../events/refused.ts';
import type { Ingest, Receipt } from './ingest.ts';
import { opened } from './refusals.ts';

export interface AdmitOptions {
  readonly ingest: Ingest;
  readonly log: EventLog;
  /** Of now: what was refused may be of a gateway that lacked it. */
  readonly publicUrl: string | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Has a refused delivery go the way of any other: checked with today's secrets, as of when it came, and recorded. There is no way past the
 * check. What became of it is durable before it is let go of; tried twice, it is a duplicate.
 *
 * @returns null when there is none of this number.
 */
export async function admit({ ingest, log, publicUrl, now }: AdmitOptions, id: number): Promise<Admitted | null> {
  const refused = await log.refused.find(id, now());
  if (!refused) return null;
  const said = opened(refused, (await log.naming()).secret);
  if (!said) return { outcome: 'refused', why: 'it was encrypted for another log, and can only be dropped' };
  const { method, target, headers, body, from } = said;
  const { source, receivedAt } = refused;
  let receipt: Receipt;
  try {
    receipt = await ingest.receive(
      source,
      { method, target, headers, body, publicUrl, from: () => from },
      { receivedAt },
    );
  } catch (error) {
    if (error instanceof HookcastError && error.code !== 'LOG_UNAVAILABLE')
      return { outcome: 'refused', why: error.message };
    throw error;
  }
  await log.refused.drop(id);
  return { outcome: 'admitted', receipt };
}
