import { type ReactNode, useEffect, useId, useRef } from 'react';

interface QuestionProps {
  readonly title: string;
  readonly advice: string;
  readonly children?: ReactNode;
  /** Written on the button that changes nothing. */
  readonly no: string;
  readonly yes: string;
  /** Whether what is asked about can't be undone. */
  readonly isDangerous?: boolean;
  readonly onAnswer: (isYes: boolean) => void;
}

/** Asks before something is done. */
export function Question({ title, advice, children, no, yes, isDangerous = false, onAnswer }: QuestionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // The focus goes to the first button, which does no harm. The browser gives it back to what had it when the dialog closes.
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-advice`}
      onClose={(event) => onAnswer(event.currentTarget.returnValue === 'yes')}
    >
      <h2 id={`${id}-title`}>{title}</h2>
      <p id={`${id}-advice`}>{advice}</p>
      {children}
      <form method="dialog" className="actions">
        <button type="submit" value="">
          {no}
        </button>
        <button type="submit" value="yes" className={isDangerous ? 'danger filled' : undefined}>
          {yes}
        </button>
      </form>
    </dialog>
  );
}
