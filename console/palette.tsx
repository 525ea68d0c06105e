import { Suspense, lazy, useEffect, useEffectEvent, useState } from 'react';
import type { Place } from './places.tsx';
import { useWords } from './words/words.tsx';

/** What it searches with is loaded when it is first opened. */
const Places = lazy(() => import('./places.tsx').then((module) => ({ default: module.Places })));

/** Goes anywhere by its name: Ctrl-K, or Cmd-K. */
export function Palette({ pages }: { readonly pages: readonly Place[] }) {
  const { palette } = useWords();
  const [isOpen, setOpen] = useState(false);
  const heard = useEffectEvent((event: globalThis.KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    // A question that waits for an answer comes first.
    if (!isOpen && document.querySelector('dialog[open]')) return;
    event.preventDefault();
    setOpen(!isOpen);
  });
  useEffect(() => {
    const listener = (event: globalThis.KeyboardEvent) => heard(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
  return (
    <>
      <button type="button" className="go-to" aria-keyshortcuts="Control+K Meta+K" onClick={() => setOpen(true)}>
        {palette.open} <kbd aria-hidden="true">Ctrl K</kbd>
      </button>
      <Suspense>{isOpen ? <Places pages={pages} onClose={() => setOpen(false)} /> : null}</Suspense>
    </>
  );
}
