import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { Checks } from '../../src/providers/checks.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { secondary } from '../../src/providers/fields.ts';
import { isObject } from '../../src/providers/payload.ts';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { UNFIT, writeCheck } from '../../src/providers/written-check.ts';
import { oddly } from '../../src/testing/odd.ts';
import { mutated } from '../contract/mutation.ts';

const secrets = ['a secret of a length that is long enough'] as const;

/** The result of a schema for a value: the output, or where and why it refuses the value. */
function outcomeOf({ success, data, error }: z.ZodSafeParseResult<unknown>) {
  return success ? { data } : { issues: error.issues };
}

it.each([
  ['Eduzz', eduzz({ secrets })],
  ['Cal.com', calCom({ secrets })],
  ['Stripe', stripe({ secrets })],
] as const)('IN6.18 the schemas of %s give the same result compiled as otherwise', (_name, provider) => {
  const compiled = new Checks(1);
  const bodies = provider.samples.flatMap((sample) => {
    const payload = sample.payload({ id: 'x', at: new Date(0) });
    const known = provider.schemaOf?.(sample.event);
    const body = known?.at.reduce<unknown>((inside, name) => (isObject(inside) ? inside[name] : undefined), payload);
    return known && isObject(body) ? ([[known.schema, body]] as const) : [];
  });
  // Many events of a family have one schema. To compile one takes a while.
  const bySchema = new Map(bodies.slice(0, 4));
  expect(bySchema.size).toBeGreaterThan(1);
  let fitting = 0;
  const same = (schema: z.ZodType, value: unknown) => {
    const plain = outcomeOf(schema.safeParse(value));
    if ('data' in plain) fitting += 1;
    const made = outcomeOf(compiled.safeParse(schema, value));
    // The matcher alone would take longer than all else here.
    if (!isDeepStrictEqual(made, plain)) expect(made).toStrictEqual(plain);
  };
  for (const [schema, body] of bySchema) {
    same(schema, body);
    for (const { payload } of oddly(body)) same(schema, payload);
    fc.assert(
      fc.property(
        mutated(() => body),
        (value) => same(schema, value),
      ),
      { numRuns: 10 },
    );
  }
  expect(fitting).toBeGreaterThan(bySchema.size);
});

const text = fc.constantFrom(z.string(), z.string().min(2), z.string().regex(/^a/), z.string().trim(), z.email());
const leaf = fc.oneof(
  text,
  fc.constantFrom<z.ZodType>(
    z.number(),
    z.int(),
    z.boolean(),
    z.null(),
    z.unknown(),
    z.undefined(),
    z.literal(['a', 1]),
    z.enum(['a', 'b']),
    z.number().transform(String),
    z.string().transform((text, context) => (text === 'a' ? context.addIssue('a') : text)),
    z.record(z.string(), z.unknown()),
    z.strictObject({ a: z.unknown() }),
    z.looseObject({ a: z.unknown().optional() }),
  ),
);
/** Schemas of the kinds that providers are described by, one within another. */
const schemas = fc.letrec<{ any: z.ZodType }>((tie) => {
  const inner = tie('any');
  const shape = fc.dictionary(fc.constantFrom('a', 'b', 'c'), inner, { maxKeys: 3 });
  return {
    any: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      shape.map((members) => z.object(members)),
      shape.map((members) => z.object(members).refine((value) => !('a' in value) || value['a'] !== 'a')),
      inner.map((one) => one.nullable()),
      inner.map((one) => one.optional()),
      inner.map((one) => one.nullish()),
      inner.map((one) => one.default(null)),
      inner.map((one) => one.default(() => 'a')),
      inner.map((one) => one.prefault('a')),
      inner.map((one) => one.catch(null)),
      inner.map((one) => one.catch(({ input }: { readonly input: unknown }) => typeof input)),
      inner.map((one) => one.transform((value) => value ?? undefined)),
      inner.map((one) => one.refine((value) => value !== 'b')),
      inner.map((one) => one.refine((value) => value !== undefined)),
      inner.map((one) => z.array(one)),
      inner.map((one) => z.preprocess((value) => value ?? 'a', one)),
      inner.map((one) => secondary(one)),
      fc.array(inner, { minLength: 1, maxLength: 3 }).map((several) => z.union(several)),
    ),
  };
}).any;
const some = fc.constantFrom<unknown>('a', 'b', 'ab', ' a ', 'a@b.example', '', 0, 1, 1.5, true, null, undefined);
const values = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    some,
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('any'), { maxKeys: 4 }),
    fc.array(tie('any'), { maxLength: 3 }),
  ),
})).any;

it('IN6.18 any schema gives the same result for any value written as code as otherwise', () => {
  let [fitting, written] = [0, 0];
  fc.assert(
    fc.property(schemas, fc.array(values, { minLength: 1, maxLength: 8 }), (schema, several) => {
      const check = writeCheck(schema);
      if (check === null) return;
      written += 1;
      for (const value of several) {
        const plain = schema.safeParse(value);
        const made = check(value);
        // To refuse too much is no mistake here: then the schema is asked, and says why. But what it takes, the code takes as well.
        expect(made !== UNFIT).toBe(plain.success);
        if (!plain.success) continue;
        fitting += 1;
        if (!isDeepStrictEqual(made, plain.data)) expect(made).toStrictEqual(plain.data);
        // Lists show the members of objects in the order in which a schema names them.
        expect(JSON.stringify(made)).toBe(JSON.stringify(plain.data));
      }
    }),
    { numRuns: 400 },
  );
  expect(written).toBeGreaterThan(200);
  expect(fitting).toBeGreaterThan(200);
});

it('IN6.18 writes no check for a schema with a part that another release of zod has made', () => {
  /** How often the part itself is asked; a written check does it itself. */
  const asked = (later: number) => {
    let times = 0;
    const part = z.string();
    const { _zod: made } = part;
    const run = made.run.bind(made);
    made.version = { ...made.version, minor: (made.version.minor + later) as typeof made.version.minor };
    made.run = (payload, context) => {
      times += 1;
      return run(payload, context);
    };
    const checks = new Checks(2);
    const schema = z.object({ inside: z.object({ part }).nullish() });
    for (let value = 0; value < 6; value += 1) {
      expect(checks.safeParse(schema, { inside: { part: 'x' } }).data).toEqual({ inside: { part: 'x' } });
    }
    return times;
  };
  expect(asked(0)).toBeLessThan(3);
  expect(asked(1)).toBe(6);
});
