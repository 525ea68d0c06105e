/**
 * A number of a provider's as `BigInt` serves it: null if it is none that a JSON number holds whole. A field that fails would
 * take its event with it, and an event its whole list.
 */
export function wholeNumber(value: number | null | undefined): number | null {
  return Number.isSafeInteger(value) ? value! : null;
}
