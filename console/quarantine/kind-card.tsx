import { useId, useState } from 'react';
import { useWords } from '../words/words.tsx';
import type { Delivery, Kind } from './delivery.ts';
import { DeliveryItem } from './delivery-item.tsx';
import { Misfits } from './misfits.tsx';
import type { Decision } from './run.ts';

/** The number of deliveries that are shown at first, since all of a kind are alike. */
const FEW = 5;

interface KindCardProps {
  readonly kind: Kind;
  /** Whether there may be more deliveries than are shown. */
  readonly hasMore: boolean;
  /** True while a decision is running. Only one runs at a time. */
  readonly busy: boolean;
  readonly decide: (decision: Decision, deliveries: readonly Delivery[]) => void;
  readonly decideAll: (decision: Decision) => void;
}

/** Deliveries that don't fit for the same reason: the reason, each delivery, and the actions for all of them. */
export function KindCard({ kind, hasMore, busy, decide, decideAll }: KindCardProps) {
  const { quarantine } = useWords();
  const [all, setAll] = useState(false);
  const id = useId();
  const { type, source, provider, deliveries, misfits } = kind;
  const count = `${deliveries.length}${hasMore ? '+' : ''}`;
  const waits = deliveries[0]?.state === 'WAITING';
  const shown = all ? deliveries : deliveries.slice(0, FEW);
  return (
    <article className="of-a-kind" aria-labelledby={id}>
      <header>
        <div>
          <h2 id={id}>{type ?? quarantine.noType}</h2>
          <p className="note">
            {quarantine.from(source, provider)} · {quarantine.deliveries(deliveries.length, count)}
          </p>
        </div>
        {waits && (deliveries.length > 1 || hasMore) ? (
          <div className="actions">
            <button type="button" disabled={busy} onClick={() => decideAll('release')}>
              {quarantine.releaseAll(count)}
            </button>
            <button type="button" className="danger" disabled={busy} onClick={() => decideAll('discard')}>
              {quarantine.discardAll(count)}
            </button>
          </div>
        ) : null}
      </header>
      <Misfits misfits={misfits} />
      <ul className="deliveries">
        {shown.map((delivery) => (
          <DeliveryItem key={delivery.id} delivery={delivery} busy={busy} decide={decide} />
        ))}
      </ul>
      {deliveries.length > FEW ? (
        <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? quarantine.showFew : quarantine.showAll(deliveries.length)}
        </button>
      ) : null}
    </article>
  );
}
