import type { z } from 'zod';
import { UNFIT, type WrittenCheck, writeCheck } from './written-check.ts';

/** Values after which a schema is written as code: that takes some milliseconds, which is little for one that is in use all day. */
export const SELDOM = 100;

interface Check {
  values: number;
  written: WrittenCheck | null;
}

/**
 * Checks values by the schemas of one provider. From the hundredth value on, code that is written for its schema does it, with the
 * same results in a few per cent of the time. Not from the start: most schemas of a provider are never used, and to write all of them
 * would make every start longer.
 */
export class Checks {
  readonly #checks = new WeakMap<z.ZodType, Check>();
  readonly #seldom: number;

  constructor(seldom = SELDOM) {
    this.#seldom = seldom;
  }

  safeParse<S extends z.ZodType>(schema: S, value: unknown): z.ZodSafeParseResult<z.output<S>> {
    let check = this.#checks.get(schema);
    if (!check) this.#checks.set(schema, (check = { values: 0, written: null }));
    if (check.values < this.#seldom) {
      check.values += 1;
      if (check.values === this.#seldom) check.written = writeCheck(schema);
    }
    const made = check.written === null ? UNFIT : check.written(value);
    return made === UNFIT ? schema.safeParse(value) : { success: true, data: made as z.output<S> };
  }
}
