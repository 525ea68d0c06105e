import { useEffect, useRef } from 'react';
import { wordFor } from '../words/word-for.ts';
import { useWords } from '../words/words.tsx';
import { Became } from './became.tsx';
import { type Delivery, kindsOf } from './delivery.ts';
import { Misfits } from './misfits.tsx';
import type { Outcome, RunView } from './run.ts';

/** The most outcomes that are shown one by one. The counts include all. */
const MOST_SHOWN = 50;

interface RunPanelProps {
  readonly run: RunView;
  readonly stop: () => void;
  readonly dismiss: () => void;
}

/** The progress of a decision, and the outcome of each delivery. */
export function RunPanel({ run, stop, dismiss }: RunPanelProps) {
  const { quarantine, close } = useWords();
  const panel = useRef<HTMLElement>(null);
  const { decision, deliveries, outcomes, state } = run;
  // The pressed button disappears with its delivery, so the panel takes the focus.
  useEffect(() => panel.current?.focus(), [deliveries]);
  const counts = countsOf(outcomes);
  const left = deliveries.length - outcomes.length;
  const said = [
    ...(['released', 'discarded', 'unfit', 'meanwhile', 'failed'] as const)
      .filter((became) => counts[became] > 0)
      .map((became) => quarantine.counts[became](counts[became])),
    ...(state !== 'running' && left > 0 ? [quarantine.counts.left(left)] : []),
  ];
  const released = outcomes.filter((outcome) => outcome.became === 'released');
  const unfit = kindsOf(
    outcomes.flatMap((outcome) =>
      outcome.became === 'unfit' ? [{ ...outcome.delivery, issues: outcome.issues }] : [],
    ),
  );
  const others = outcomes.filter((outcome) => outcome.became === 'meanwhile' || outcome.became === 'failed');
  const { done, ...titles } = quarantine.runs[decision];
  return (
    <section className={`run ${state}`} ref={panel} tabIndex={-1} aria-labelledby="run-title">
      <header>
        <h2 id="run-title">
          {state === 'done'
            ? done(counts[decision === 'release' ? 'released' : 'discarded'], deliveries.length)
            : titles[state]}
        </h2>
        {state === 'running' ? (
          <button type="button" onClick={stop}>
            {quarantine.stop}
          </button>
        ) : (
          <button type="button" onClick={dismiss}>
            {close}
          </button>
        )}
      </header>
      {state === 'running' ? (
        <label className="progress">
          <progress value={outcomes.length} max={deliveries.length} />
          <span>{quarantine.progress(outcomes.length, deliveries.length)}</span>
        </label>
      ) : null}
      <output>{state === 'running' ? '' : said.join(' ')}</output>
      {state === 'broken' ? <p>{quarantine.brokenAdvice}</p> : null}
      {state !== 'running' && released.length > 0 ? <Became outcomes={released.slice(0, MOST_SHOWN)} /> : null}
      {unfit.length > 0 ? (
        <>
          <p>{quarantine.unfitAdvice}</p>
          <ul className="outcomes">
            {unfit.slice(0, MOST_SHOWN).map(({ key, type, misfits, deliveries }) => (
              <li key={key}>
                <p>{quarantine.named(type ?? quarantine.noType, deliveries.length, nameOf(deliveries[0]!))}</p>
                <Misfits misfits={misfits} />
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {others.length > 0 ? (
        <ul className="outcomes">
          {others.slice(0, MOST_SHOWN).map((outcome) => (
            <li key={outcome.delivery.id}>
              <Said outcome={outcome} />
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function nameOf({ eventId, id }: Delivery): string {
  return eventId ?? id;
}

/** A delivery that the decision did not change, and why. */
function Said({ outcome }: { readonly outcome: Extract<Outcome, { became: 'meanwhile' | 'failed' }> }) {
  const { quarantine, errors } = useWords();
  const { delivery } = outcome;
  const name = quarantine.named(delivery.type ?? quarantine.noType, 1, nameOf(delivery));
  switch (outcome.became) {
    case 'meanwhile':
      return (
        <p>
          {name}: {quarantine.meanwhile[outcome.state]}
        </p>
      );
    case 'failed': {
      const { code, message } = outcome.error;
      return (
        <p>
          {name}:{' '}
          {wordFor<string>(quarantine.failures, code) ?? wordFor(errors, code) ?? (message || errors['INTERNAL'])}
        </p>
      );
    }
  }
}

function countsOf(outcomes: readonly Outcome[]): Record<Outcome['became'], number> {
  const counts = { released: 0, discarded: 0, unfit: 0, meanwhile: 0, failed: 0 };
  for (const { became } of outcomes) counts[became] += 1;
  return counts;
}
