import type { Erasure } from '../../src/events/erasure.ts';
import type { EventLog } from '../../src/events/event-log.ts';

/** Erases what is known of a subject, as a provider asks for it: the one erasure that there always is. */
export async function eraseSubject(
  log: EventLog,
  of: { readonly provider: string; readonly source: string; readonly tenant: string; readonly subject: string },
  at: number,
): Promise<Erasure> {
  const { provider, source, tenant, subject } = of;
  const request = { by: 'subject', source, subject, account: { provider, tenant }, contacts: [] } as const;
  const { erasures } = await log.erase(request, { at, orderedBy: 'a test' });
  const erasure = erasures.find((erasure) => erasure.subject === subject);
  if (!erasure) throw new Error('no erasure of the subject');
  return erasure;
}
