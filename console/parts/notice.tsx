import type { ReactNode } from 'react';
import type { GatewayError } from '../gateway/request.ts';
import { wordFor } from '../words/word-for.ts';
import { useWords } from '../words/words.tsx';

interface NoticeProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly tone?: 'plain' | 'warning' | 'error';
}

/** A message in place of a list or above it. */
export function Notice({ title, children, tone = 'plain' }: NoticeProps) {
  return (
    <div className={`notice ${tone}`} role={tone === 'error' ? 'alert' : undefined}>
      <p className="notice-title">{title}</p>
      {children}
    </div>
  );
}

interface GapNoticeProps {
  readonly gap: 'RETENTION' | 'LOG_REPLACED' | null;
  readonly reload: () => void;
}

/** Says that events are missing, and why. It is read aloud, since it appears while somebody reads. */
export function GapNotice({ gap, reload }: GapNoticeProps) {
  const { live } = useWords();
  return (
    <div role="status" className="said">
      {gap ? (
        <Notice title={live.gaps[gap]} tone="warning">
          <button type="button" onClick={reload}>
            {live.reload}
          </button>
        </Notice>
      ) : null}
    </div>
  );
}

/** An error, and what to do about it. An expired token has a dialog of its own. */
export function Failure({ error, again }: { readonly error: GatewayError; readonly again: () => void }) {
  const words = useWords();
  return (
    <Notice title={words.error} tone="error">
      <p>{(wordFor(words.errors, error.code) ?? error.message) || words.errors['INTERNAL']}</p>
      <button type="button" onClick={again}>
        {words.again}
      </button>
    </Notice>
  );
}
