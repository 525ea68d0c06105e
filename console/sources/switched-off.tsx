import { Link } from 'wouter';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/words.tsx';

/** Says that the provider sends nothing to a source, and what to do. */
export function SwitchedOff({ source }: { readonly source: string }) {
  const { sources: words } = useWords();
  return (
    <Notice title={`${source}: ${words.webhooks.OFF}`} tone="warning">
      <p>
        {words.switchedOffAdvice} <Link href="/sources">{words.toSources}</Link>
      </p>
    </Notice>
  );
}
