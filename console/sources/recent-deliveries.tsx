import { Ago } from '../overview/ago.tsx';
import { useSpeech } from '../words/words.tsx';
import type { Delivery } from './use-operations.ts';

interface RecentDeliveriesProps {
  readonly deliveries: readonly Delivery[];
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** The last deliveries, each with its steps and its headers. */
export function RecentDeliveries({ deliveries, now }: RecentDeliveriesProps) {
  const { sources: words } = useSpeech().words;
  return (
    <section className="recent-deliveries">
      <h3>{words.lastDeliveries}</h3>
      {deliveries.length === 0 ? <p className="note">{words.noDeliveries}</p> : null}
      <ul>
        {deliveries.map((delivery) => (
          <li key={`${delivery.requestId} ${delivery.at}`}>
            <RecentDelivery delivery={delivery} now={now} />
          </li>
        ))}
      </ul>
      {deliveries.length > 0 ? <p className="note">{words.deliveriesAdvice}</p> : null}
    </section>
  );
}

function RecentDelivery({ delivery, now }: { readonly delivery: Delivery; readonly now: number }) {
  const { language, words } = useSpeech();
  const { sources } = words;
  const milliseconds = (value: number | null) =>
    value === null ? '–' : `${value.toLocaleString(language, { maximumFractionDigits: 1 })} ms`;
  const { at, outcome, code, status, type, total, isSample, requestId, headers } = delivery;
  const isTrouble = status >= 300 || outcome === 'QUARANTINED';
  return (
    <details>
      <summary>
        <span className={isTrouble ? 'outcome serious' : 'outcome fine'}>{sources.answered[outcome]}</span>
        <span className="delivery-type">{type ?? code}</span>
        {isSample ? <span className="sample-mark">{sources.sample}</span> : null}
        <span className="note">
          {status} · {milliseconds(total)} · <Ago at={at} now={now} />
        </span>
      </summary>
      <dl>
        {(['verify', 'normalise', 'append'] as const).map((step) => (
          <div key={step}>
            <dt>{sources.steps[step]}</dt>
            <dd>{milliseconds(delivery[step])}</dd>
          </div>
        ))}
        <div>
          <dt>{sources.requestId}</dt>
          <dd>
            <code>{requestId || '–'}</code>
          </dd>
        </div>
        {headers.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value === null ? <span className="absent">{sources.withheld}</span> : <code>{value}</code>}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
