import { InvalidArgumentError } from 'commander';

/** @throws {InvalidArgumentError} for what is no whole number above zero. */
export function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a whole number above zero.');
}

/** One more of several. */
export function numbers(text: string, before: number[] | undefined): number[] {
  return [...(before ?? []), positive(text)];
}
