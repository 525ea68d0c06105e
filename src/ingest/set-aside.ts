import type { EventLog } from '../events/event-log.ts';
import type { DeliveryObserver, Observer } from '../events/observer.ts';
import { valuesIn } from '../events/trace.ts';
import type { Provider, Verified } from '../providers/provider.ts';
import type { Receipt } from './receipt.ts';
import type { Why } from './several.ts';

interface SetAsideOptions {
  readonly log: Pick<EventLog, 'quarantine'>;
  readonly onQuarantine: Observer['onQuarantine'];
}

/** An authentic delivery, or a part of one, that can't be recorded as an event. */
interface Unfit {
  readonly source: string;
  readonly receivedAt: number;
  readonly verified: Verified;
  readonly why: Why;
}

/** Keeps a delivery in quarantine. */
export async function setAside(
  { log, onQuarantine }: SetAsideOptions,
  provider: Provider,
  { source, receivedAt, verified: { payload, text, digest }, why: { type, eventId, issues, tenant } }: Unfit,
  observer: DeliveryObserver,
): Promise<Receipt> {
  const id = await log.quarantine.keep({
    type,
    eventId,
    issues,
    provider: provider.name,
    source,
    tenant,
    digest,
    payload: text,
    values: valuesIn(payload),
    receivedAt,
  });
  onQuarantine(source, issues);
  observer.unfit(id, issues);
  return { status: 'quarantined', id: String(id) };
}
