import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { calCom } from '../../src/providers/cal-com/cal-com.ts';
import { Checks } from '../../src/providers/checks.ts';
import { eduzz } from '../../src/providers/eduzz/eduzz.ts';
import { isObject } from '../../src/providers/payload.ts';
import { stripe } from '../../src/providers/stripe/stripe.ts';
import { oddly } from '../../src/testing/odd.ts';
import { mutated } from '../contract/mutation.ts';

const secrets = ['a secret of a length that is long enough'] as const;

/** What a schema makes of a value; of what it refuses, where and why. */
function outcomeOf({ success, data, error }: z.ZodSafeParseResult<unknown>) {
  return success ? { data } : { issues: error.issues };
}

it.each([
  ['Eduzz', eduzz({ secrets })],
  ['Cal.com', calCom({ secrets })],
  ['Stripe', stripe({ secrets })],
] as const)('IN6.18 compiled, the schemas of %s make of a body what they make of it otherwise', (_name, provider) => {
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

it('IN6.18 compiles no schema with a part that another release of zod has made', () => {
  /** How often the part itself is asked; compiled code has what it checks within it. */
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
