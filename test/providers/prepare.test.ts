import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineProvider } from '../../src/providers/define-provider.ts';
import { event } from '../../src/providers/definition.ts';
import { eventType, otherEvent } from '../../src/declaration/event-type.ts';
import { prepareSchema } from '../../src/providers/prepare-schema.ts';
import { sharedToken } from '../../src/providers/verify/shared-token.ts';

it('IN1.7 is ready for the first delivery: every object of a schema has been compiled, wherever it stands in it', () => {
  const prepared: string[] = [];
  // Looked at by zod when it compiles the object that it is a member of.
  const object = (name: string, members: z.ZodRawShape = {}) =>
    z.object({
      ...members,
      own: z.custom(() => {
        prepared.push(name);
        return true;
      }),
    });
  const again: z.ZodType = z.object({
    get itself() {
      return again.nullish();
    },
  });
  const schema = object('root', {
    member: object('member', { deep: object('deep') }).nullish(),
    items: z.array(object('item')).default([]),
    either: z.union([object('one'), z.string(), object('other').catch({ own: 1 })]),
    named: z.record(z.string(), object('named')),
    piped: object('piped').transform(String),
    failing: z.object({ a: z.unknown().optional() }).transform(() => {
      throw new RangeError('of the user’s own');
    }),
    again,
  });
  Array.from(prepareSchema(schema));
  const wanted = ['root', 'member', 'deep', 'item', 'one', 'other', 'named', 'piped'];
  expect(new Set(prepared)).toEqual(new Set(wanted));
});

it('IN1.7 prepares all that a provider’s deliveries go through', () => {
  let looks = 0;
  const seat = z.custom(() => (looks += 1) > 0);
  const declared = (name: string) =>
    eventType(name, { description: 'A seat.', fields: z.object({ seat: z.unknown() }) });
  const [of, named] = [declared('Of'), declared('Named')].map((type) => ({ ...type, schema: z.object({ seat }) }));
  const provider = defineProvider({
    name: 'p',
    verify: sharedToken({ header: 'x-token', tokens: ['a-long-token'] }),
    about: () => ({ type: 'x' }),
    events: { x: event(z.object({ seat }), () => otherEvent()), y: event(z.object({}), of!, () => ({ seat: 1 })) },
    types: [named!],
  });
  let [before, most] = [looks, 0];
  for (const _ of provider.prepare!()) {
    most = Math.max(most, looks - before);
    before = looks;
  }
  expect({ looks, most }).toEqual({ looks: 3, most: 1 });
});
