import { useState } from 'react';
import { useSession } from '../gateway/gateway.tsx';
import { useQuery } from '../gateway/query.ts';
import { useWords } from '../words/words.tsx';
import { RAW } from './details-document.ts';
import { Failure } from './notice.tsx';

interface RawProps {
  readonly id: string;
  readonly isErased: boolean;
}

/** The raw payload, loaded when it is opened, or the reason why this token may not see it. */
export function Raw({ id, isErased }: RawProps) {
  const words = useWords();
  const { signedIn } = useSession();
  const [isOpen, setIsOpen] = useState(false);
  const maySee = ['raw:read', 'pii:read'].every((scope) => signedIn?.claims.scopes.has(scope));
  return (
    <details className="raw" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{words.raw.title}</summary>
      {!isOpen ? null : isErased ? (
        <p className="absent">{words.raw.erased}</p>
      ) : maySee ? (
        <Payload id={id} />
      ) : (
        <p className="absent">{words.raw.withheld}</p>
      )}
    </details>
  );
}

function Payload({ id }: { readonly id: string }) {
  const words = useWords();
  const { data, error, again } = useQuery(RAW, { id });
  const [isCopied, setIsCopied] = useState(false);
  if (error && !data) return <Failure error={error} again={again} />;
  if (!data) return <p className="loading">{words.loading}</p>;
  const raw = data.node && 'raw' in data.node ? data.node.raw : null;
  if (raw === null || raw === undefined) return <p className="absent">{words.raw.erased}</p>;
  const text = JSON.stringify(raw, null, 2);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setIsCopied(true),
      // The browser refuses. The text can be selected and copied by hand.
      () => setIsCopied(false),
    );
  return (
    <>
      {/* Browsers have a clipboard for pages that came encrypted only. */}
      {isSecureContext ? (
        <button type="button" onClick={() => void copy()}>
          <span role="status">{isCopied ? words.copied : words.copy}</span>
        </button>
      ) : null}
      {/* Scrolled by keyboard, which needs the focus. */}
      <pre tabIndex={0} role="region" aria-label={words.raw.title}>
        {text}
      </pre>
    </>
  );
}
