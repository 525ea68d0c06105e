import { useState } from 'react';
import { Moment } from '../parts/moment.tsx';
import { useWords } from '../words/words.tsx';
import type { Delivery } from './delivery.ts';
import { Payload } from './payload.tsx';
import type { Decision } from './run.ts';

interface DeliveryItemProps {
  readonly delivery: Delivery;
  readonly busy: boolean;
  readonly decide: (decision: Decision, deliveries: readonly Delivery[]) => void;
}

/** One delivery: its time, its content, and the actions for it. */
export function DeliveryItem({ delivery, busy, decide }: DeliveryItemProps) {
  const { quarantine } = useWords();
  const [open, setOpen] = useState(false);
  const { id, state, eventId, receivedAt, settledAt, personalData } = delivery;
  return (
    <li>
      <p className="delivery">
        <span className="when">
          {quarantine.came} <Moment at={receivedAt} />
        </span>
        {settledAt && state !== 'WAITING' ? (
          <span className="when">
            {quarantine.became[state]} <Moment at={settledAt} />
          </span>
        ) : null}
        {state === 'WAITING' && personalData === 'ERASED' ? (
          <span className="when">{quarantine.withoutPeople}</span>
        ) : null}
        {eventId ? <code className="event-id">{eventId}</code> : <span className="absent">{quarantine.noId}</span>}
      </p>
      {state === 'WAITING' ? (
        <div className="actions">
          <button
            type="button"
            aria-expanded={open}
            aria-label={quarantine.of(quarantine.payload, id)}
            onClick={() => setOpen(!open)}
          >
            {quarantine.payload}
          </button>
          <button
            type="button"
            disabled={busy}
            aria-label={quarantine.of(quarantine.release, id)}
            onClick={() => decide('release', [delivery])}
          >
            {quarantine.release}
          </button>
          <button
            type="button"
            className="danger"
            disabled={busy}
            aria-label={quarantine.of(quarantine.discard, id)}
            onClick={() => decide('discard', [delivery])}
          >
            {quarantine.discard}
          </button>
        </div>
      ) : null}
      {open ? <Payload delivery={delivery} /> : null}
    </li>
  );
}
