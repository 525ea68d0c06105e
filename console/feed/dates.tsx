import { useEffect, useEffectEvent, useState } from 'react';
import { useWords } from '../words/words.tsx';
import { ANY_TIME, CHOICES, type Period, fieldOf, momentOf } from './period.ts';

interface DatesProps {
  readonly period: Period;
  readonly change: (period: Period) => void;
  /** Called with a ready choice, to which nothing is added. */
  readonly choose: (period: Period) => void;
}

/** The start and end of the shown time: a ready choice, or a minute in the viewer's time zone. */
export function Dates({ period, change, choose }: DatesProps) {
  const words = useWords().feed;
  const { from, to } = period;
  const isBackwards = from !== null && to !== null && to <= from;
  return (
    <fieldset className="dates">
      <legend className="hidden">{words.dates}</legend>
      <div className="choices">
        {(['lastHour', 'today', 'week'] as const).map((name) => (
          <button key={name} type="button" onClick={() => choose(CHOICES[name](Date.now()))}>
            {words.choices[name]}
          </button>
        ))}
        {from === null && to === null ? null : (
          <button type="button" onClick={() => choose(ANY_TIME)}>
            {words.anyTime}
          </button>
        )}
      </div>
      <DayAndTime
        label={words.from}
        moment={from}
        isWrong={isBackwards}
        choose={(chosen) => change({ from: chosen, to })}
      />
      <DayAndTime
        label={words.to}
        moment={to}
        isWrong={isBackwards}
        choose={(chosen) => change({ from, to: chosen })}
      />
      {isBackwards ? <output className="backwards">{words.backwards}</output> : null}
    </fieldset>
  );
}

/** Years that are still being typed are rejected: 0002, 0020, 0202. */
const EARLIEST = '2000-01-01T00:00';
const LATEST = '2999-12-31T23:59';
/** How long after its last change a value is taken, in milliseconds. Arrow keys go through many values. */
const SETTLED = 700;

interface DayAndTimeProps {
  readonly label: string;
  readonly moment: number | null;
  readonly isWrong: boolean;
  readonly choose: (moment: number | null) => void;
}

function DayAndTime({ label, moment, isWrong, choose }: DayAndTimeProps) {
  const [typed, setTyped] = useState(fieldOf(moment));
  const [taken, setTaken] = useState(moment);
  const [isValid, setIsValid] = useState(true);
  // Something else changed it: a choice, a link, or the button that clears the dates.
  if (moment !== taken) {
    setTaken(moment);
    if (fieldOf(moment) !== typed) setTyped(fieldOf(moment));
  }
  const isChanged = isValid && typed !== fieldOf(taken);
  const take = (text: string) => {
    if (!isChanged) return;
    setTaken(momentOf(text));
    choose(momentOf(text));
  };
  const settle = useEffectEvent(take);
  useEffect(() => {
    if (!isChanged) return;
    const timer = setTimeout(() => settle(typed), SETTLED);
    return () => clearTimeout(timer);
  }, [isChanged, typed]);
  return (
    <label>
      <span>{label}</span>
      <input
        type="datetime-local"
        min={EARLIEST}
        max={LATEST}
        value={typed}
        aria-invalid={isWrong || undefined}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
          setIsValid(currentTarget.validity.valid);
        }}
        onBlur={() => take(typed)}
        onKeyDown={({ key }) => {
          if (key === 'Enter') take(typed);
        }}
      />
    </label>
  );
}
