import { isObject } from './payload.ts';

/** @throws {TypeError} for values that TypeScript forbids but plain JavaScript does not: a promise, or no object. */
export function checkReturned(said: unknown, what: string): void {
  if (said instanceof Promise) {
    // Nobody awaits the promise, and an unhandled rejection ends the process.
    said.catch(() => {});
    throw new TypeError(`${what} must not be async`);
  }
  if (!isObject(said)) throw new TypeError(`${what} must return an object`);
}
