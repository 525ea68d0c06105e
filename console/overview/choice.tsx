import { useId } from 'react';

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly (readonly [value: T, name: string, briefly?: string])[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
}

/** One of a few options, side by side, with short names if there is little room. */
export function Choice<T extends string>({ label, options, chosen, onChoose }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend>{label}</legend>
      <div className="choice-options">
        {options.map(([value, text, briefly]) => (
          <label key={value}>
            <input type="radio" name={name} value={value} checked={value === chosen} onChange={() => onChoose(value)} />
            <span>
              {briefly === undefined ? (
                text
              ) : (
                <>
                  <span className="wide">{text}</span>
                  <span className="narrow" aria-hidden="true">
                    {briefly}
                  </span>
                </>
              )}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
