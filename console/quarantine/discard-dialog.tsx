import { useEffect, useRef } from 'react';
import { useWords } from '../words/words.tsx';

interface DiscardDialogProps {
  readonly count: number;
  readonly onClose: (isConfirmed: boolean) => void;
}

/** Asks before what came is let go of for good. */
export function DiscardDialog({ count, onClose }: DiscardDialogProps) {
  const { quarantine } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  // The focus goes to the first button, which does no harm. The browser gives it back to what had it when the dialog closes.
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="discard-title"
      aria-describedby="discard-advice"
      onClose={(event) => onClose(event.currentTarget.returnValue === 'discard')}
    >
      <h2 id="discard-title">{quarantine.discardTitle(count)}</h2>
      <p id="discard-advice">{quarantine.discardAdvice}</p>
      <form method="dialog" className="actions">
        <button type="submit" value="">
          {quarantine.keep}
        </button>
        <button type="submit" value="discard" className="danger filled">
          {quarantine.discard}
        </button>
      </form>
    </dialog>
  );
}
