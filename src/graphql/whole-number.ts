/**
 * A provider's number in the form that `BigInt` serves: null if it is not an integer that a double holds exactly. A field that
 * fails would lose its event, and the event its whole list.
 */
export function wholeNumber(value: number | null | undefined): number | null {
  return Number.isSafeInteger(value) ? value! : null;
}
