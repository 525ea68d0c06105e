import { HookcastError } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Admitted } from '../events/refused.ts';
import type { Ingest } from './ingest.ts';
import type { Receipt } from './receipt.ts';
import { opened } from './refusals.ts';

export interface AdmitOptions {
  readonly ingest: Ingest;
  readonly log: EventLog;
  /** The present public URL. The gateway that refused the delivery may not have had it. */
  readonly publicUrl: string | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Treats a refused delivery like any other: it is checked with today's secrets and by the clock of its arrival, and recorded.
 * Nothing bypasses the check. The refused delivery is deleted only after its result is durable. If it is tried twice, the
 * second one is a duplicate.
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
