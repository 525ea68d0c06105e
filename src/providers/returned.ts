import { isObject } from './payload.ts';

/** @throws {TypeError} for what the types forbid, and plain JavaScript does not: a promise, or nothing at all. */
export function checkReturned(said: unknown, what: string): void {
  if (said instanceof Promise) {
    // Nobody waits for it, and a rejection that nobody takes ends the process.
    said.catch(() => {});
    throw new TypeError(`${what} must not be async`);
  }
  if (!isObject(said)) throw new TypeError(`${what} must return an object`);
}
