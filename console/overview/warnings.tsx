import { Fragment } from 'react';
import { Link } from 'wouter';
import { Silent } from '../sources/silent.tsx';
import { SwitchedOff } from '../sources/switched-off.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.tsx';
import type { Source } from './use-sources.ts';

interface WarningsProps {
  /** The number of deliveries in quarantine, as a text. Null if there are none. */
  readonly waiting: string | null;
  readonly sources: readonly Source[];
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** Everything that needs an operator's attention now. */
export function Warnings({ waiting, sources, now }: WarningsProps) {
  const { overview } = useWords();
  const forged = sources.flatMap(({ name, answers }) => {
    const { lastHour = 0 } = answers?.find(({ outcome }) => outcome === 'UNAUTHORISED') ?? {};
    return lastHour > 0 ? [{ name, lastHour }] : [];
  });
  return (
    <>
      {forged.map(({ name, lastHour }) => (
        <Notice key={name} title={overview.unauthorised(name, lastHour)} tone="warning">
          <p>{overview.unauthorisedAdvice}</p>
        </Notice>
      ))}
      {sources.map(({ name, silence, reconciliation }) => (
        <Fragment key={name}>
          {silence ? <Silent source={name} silence={silence} now={now} /> : null}
          {reconciliation?.webhook === 'OFF' ? <SwitchedOff source={name} /> : null}
        </Fragment>
      ))}
      {waiting === null ? null : (
        <Notice title={overview.quarantined(waiting)} tone="warning">
          <p>
            <Link href="/quarantine">{overview.toQuarantine}</Link>
          </p>
        </Notice>
      )}
    </>
  );
}
