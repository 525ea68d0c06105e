import { useState } from 'react';
import { useWords } from '../words/words.tsx';

interface CopyUrlProps {
  readonly url: string;
  /** Whether the gateway knows its URL. If not, the URL is made from this page's address. */
  readonly isCertain: boolean;
}

/** The URL to give to the provider. */
export function CopyUrl({ url, isCertain }: CopyUrlProps) {
  const { sources: words } = useWords();
  const [isCopied, setCopied] = useState(false);
  // Without https, a page has no clipboard. The text can still be selected.
  const copy = () => {
    navigator.clipboard?.writeText(url).then(
      () => setCopied(true),
      () => {},
    );
  };
  return (
    <div className="copy-url">
      <code>{url}</code>
      {navigator.clipboard ? (
        <button type="button" onClick={copy} onBlur={() => setCopied(false)}>
          {isCopied ? words.copied : words.copy}
        </button>
      ) : null}
      {isCertain ? null : <p className="note">{words.uncertain}</p>}
    </div>
  );
}
