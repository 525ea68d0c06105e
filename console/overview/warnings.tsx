import { Link } from 'wouter';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.tsx';
import type { Source } from './use-sources.ts';

interface WarningsProps {
  /** How many deliveries wait in quarantine, as it is said; null when none does. */
  readonly waiting: string | null;
  readonly sources: readonly Source[];
}

/** What asks for an operator's attention now. */
export function Warnings({ waiting, sources }: WarningsProps) {
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
