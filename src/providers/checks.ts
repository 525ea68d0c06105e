import { z } from 'zod';

/** Values after which a schema is compiled: that takes zod some milliseconds, which is little for one that is in use all day. */
export const SELDOM = 100;

interface Check {
  values: number;
  schema: z.ZodType;
}

/**
 * Checks values by the schemas of one provider. From the hundredth value on, zod's own compiled code does it (`z.compile`), with
 * the same results in a tenth of the time. Not from the start: most schemas of a provider are never used, and to compile all of
 * them would make every start longer.
 */
export class Checks {
  readonly #checks = new WeakMap<z.ZodType, Check>();
  readonly #seldom: number;

  constructor(seldom = SELDOM) {
    this.#seldom = seldom;
  }

  safeParse<S extends z.ZodType>(schema: S, value: unknown): z.ZodSafeParseResult<z.output<S>> {
    let check = this.#checks.get(schema);
    if (!check) this.#checks.set(schema, (check = { values: 0, schema }));
    if (check.values < this.#seldom) {
      check.values += 1;
      if (check.values === this.#seldom) check.schema = z.compile(schema);
    }
    return check.schema.safeParse(value) as z.ZodSafeParseResult<z.output<S>>;
  }
}
