import { useWords } from '../words/words.tsx';

interface PersonalProps {
  readonly value: string | null | undefined;
  readonly data: 'AVAILABLE' | 'WITHHELD' | 'ERASED';
}

/** A personal value, or the reason why it is missing. */
export function Personal({ value, data }: PersonalProps) {
  const words = useWords();
  if (data === 'WITHHELD')
    return (
      <span className="absent" title={words.withheldAdvice}>
        {words.withheld}
      </span>
    );
  if (data === 'ERASED')
    return (
      <span className="absent" title={words.erasedAdvice}>
        {words.erased}
      </span>
    );
  return value ? <bdi>{value}</bdi> : <span className="absent">{words.notSaid}</span>;
}
