import { Ago } from '../overview/ago.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.tsx';

interface SilentProps {
  readonly source: string;
  readonly silence: { readonly since: string; readonly expected: number };
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** Says that a source has been silent for longer than usual, since when, and how often events arrive in usual weeks. */
export function Silent({ source, silence: { since, expected }, now }: SilentProps) {
  const { sources: words } = useWords();
  const usual = expected > 0 ? (now - Date.parse(since)) / expected : null;
  return (
    <Notice title={words.silent(source)} tone="warning">
      <p>
        {words.lastDelivery} <Ago at={since} now={now} />. {words.expected(expected)}
        {usual !== null && usual > 0 ? ` ${words.usual(usual)}` : null}
      </p>
      <p>{words.silenceAdvice}</p>
    </Notice>
  );
}
