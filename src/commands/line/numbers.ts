import { InvalidArgumentError } from 'commander';

/** @throws {InvalidArgumentError} if the text is no whole number above zero. */
export function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a whole number above zero.');
}

/** Adds a value to an option that can be repeated. */
export function numbers(text: string, before: number[] | undefined): number[] {
  return [...(before ?? []), positive(text)];
}
