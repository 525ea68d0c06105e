import { z } from 'zod';
import { partsOf } from './schema-parts.ts';
import { UNFIT, type WrittenCheck, writeCheck } from './written-check.ts';

/**
 * The number of values after which a schema is compiled to code. Compiling takes some milliseconds, which only pays for a
 * schema in regular use.
 */
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
      if (check.values === this.#seldom) check.written = isOwn(schema) ? writeCheck(schema) : null;
    }
    const made = check.written === null ? UNFIT : check.written(value);
    return made === UNFIT ? schema.safeParse(value) : { success: true, data: made as z.output<S> };
  }
}

const OWN = releaseOf(z.unknown());

/**
 * Whether all of a schema was made by this release of zod. A user's own provider may use another release. Generated code must
 * cover everything that a schema can hold, and could miss what this release does not know, so such a schema checks by itself.
 */
function isOwn(schema: z.ZodType, seen = new Set<z.ZodType>()): boolean {
  if (seen.has(schema)) return true;
  seen.add(schema);
  const release = releaseOf(schema);
  if (release?.major !== OWN?.major || release?.minor !== OWN?.minor) return false;
  for (const part of partsOf(schema.def)) if (!isOwn(part, seen)) return false;
  return true;
}

/** Undefined for a schema of a zod before 4, which has nowhere to say it. */
function releaseOf({ _zod: made }: Partial<z.ZodType>): { readonly major: number; readonly minor: number } | undefined {
  return made?.version;
}
