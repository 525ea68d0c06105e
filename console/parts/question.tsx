import { type ReactNode, useEffect, useId, useRef } from 'react';

interface QuestionProps {
  readonly title: string;
  readonly advice: string;
  readonly children?: ReactNode;
  /** The text of the button that changes nothing. */
  readonly no: string;
  readonly yes: string;
  /** Whether the action can't be undone. */
  readonly isDangerous?: boolean;
  readonly onAnswer: (isYes: boolean) => void;
}

/** Asks before an action. */
export function Question({ title, advice, children, no, yes, isDangerous = false, onAnswer }: QuestionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // The first button gets the focus, which does no harm. When the dialog closes, the browser gives the focus back.
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
