import { useEffect, useRef } from 'react';
import { HAPPENINGS, type Happening } from '../parts/happened.ts';
import { Icon } from '../parts/icon.tsx';
import { useWords } from '../words/words.tsx';

interface ChipsProps {
  readonly chosen: Happening | null;
  /** Called with an empty text if everything is wanted. */
  readonly choose: (what: string) => void;
}

/** A chip for each kind of happening. Only one can be chosen. */
export function Chips({ chosen, choose }: ChipsProps) {
  const { feed, happenings } = useWords();
  const pressed = useRef<HTMLButtonElement>(null);
  // On a phone the row is longer than the screen, and the chosen chip may be at its end.
  useEffect(() => {
    if (chosen !== null) pressed.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [chosen]);
  return (
    <div className="chips" role="group" aria-label={feed.what}>
      <button type="button" className="chip" aria-pressed={chosen === null} onClick={() => choose('')}>
        {feed.everything}
      </button>
      {HAPPENINGS.map((what) => (
        <button
          key={what}
          ref={what === chosen ? pressed : null}
          type="button"
          className={`chip ${what}`}
          aria-pressed={what === chosen}
          onClick={() => choose(what === chosen ? '' : what)}
        >
          <Icon of={what} /> {happenings[what]}
        </button>
      ))}
    </div>
  );
}
