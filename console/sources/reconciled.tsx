import { Ago } from '../overview/ago.tsx';
import { useSpeech } from '../words/words.tsx';
import type { Source } from './use-operations.ts';

interface ReconciledProps {
  readonly source: Pick<Source, 'isReconciled' | 'reconciliation'>;
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** Facts about the comparison of the source with its provider's API. They stand in a list of facts. */
export function Reconciled({ source: { isReconciled, reconciliation }, now }: ReconciledProps) {
  const { words, language } = useSpeech();
  const { sources } = words;
  if (!isReconciled) return null;
  const { completedAt = null, runAt = null, trouble = null, webhook = null, missed = [] } = reconciliation ?? {};
  const count = missed.reduce((all, one) => all + one.count, 0);
  return (
    <>
      <div>
        <dt>{sources.compared}</dt>
        <dd>
          {completedAt ? <Ago at={completedAt} now={now} /> : sources.notYet}
          {runAt && runAt !== completedAt ? (
            <span className="note">
              {' '}
              {sources.tried} <Ago at={runAt} now={now} />
            </span>
          ) : null}
        </dd>
        {trouble ? <dd className="serious">{sources.troubles[trouble]}</dd> : null}
      </div>
      <div>
        <dt>{sources.missed}</dt>
        <dd>{count === 0 ? sources.none : sources.missedEvents(count)}</dd>
        {missed.map((one) => (
          <dd key={one.type} className="note">
            <bdi>{one.type}</bdi> {one.count.toLocaleString(language)}
          </dd>
        ))}
      </div>
      {webhook ? (
        <div>
          <dt>{sources.webhook}</dt>
          <dd className={webhook === 'OFF' ? 'serious' : undefined}>{sources.webhooks[webhook]}</dd>
        </div>
      ) : null}
    </>
  );
}
