import { z } from 'zod';
import { type JsonObject, isObject } from '../providers/payload.ts';

/** The parts of a JSON Schema from which payloads are made. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $ref?: string;
}

const TEXTS = ['', 'x', 'Ünïcode 😀', '2026-06-01T12:00:00Z', '49.90', 'a\nb', '0'.repeat(300)];
const NUMBERS = [0, 1, -1, 7.5, 1_780_000_000, 1_780_000_000_000];
/** Deeper than any provider's payload: a schema that contains itself has no end. */
const DEEPEST = 12;

/**
 * Makes bodies that a schema accepts, the same ones each time: with and without optional members, with null if it is allowed, and with
 * values of each kind. They include values of a sample, since a schema doesn't say which texts are valid.
 *
 * @param sample a body that fits.
 */
export function generated(schema: z.ZodType, sample: unknown, count: number): readonly JsonObject[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
  const bodies: JsonObject[] = isObject(sample) ? [sample] : [];
  // Checks that JSON Schema can't express refuse many texts, so more bodies are made than are asked for.
  for (let seed = 1; seed <= 4 * count && bodies.length < count; seed += 1) {
    const body = made(root, sample, chooser(seed), 0);
    if (isObject(body) && schema.safeParse(body).success) bodies.push(body);
  }
  return bodies;
}

function made(schema: Schema | undefined, sample: unknown, choose: Choose, depth: number): unknown {
  if (schema === undefined || depth > DEEPEST) return sample;
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return made(choose(options), sample, choose, depth + 1);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return choose(schema.enum);
  const type = typeof schema.type === 'string' ? schema.type : choose(schema.type ?? ['any']);
  switch (type) {
    case 'object':
      return members(schema, sample, choose, depth);
    case 'array': {
      const items = Array.isArray(sample) ? (sample as readonly unknown[]) : [];
      return Array.from({ length: choose([0, 1, 3]) }, () => made(schema.items, items[0], choose, depth + 1));
    }
    case 'string':
      return typeof sample === 'string' && choose([true, true, false]) ? sample : choose(TEXTS);
    case 'integer':
    case 'number': {
      if (typeof sample === 'number' && choose([true, true, false])) return sample;
      const { minimum = -Infinity, maximum = Infinity } = schema;
      const number = choose(type === 'integer' ? NUMBERS.filter(Number.isInteger) : NUMBERS);
      return Math.min(Math.max(number, minimum), maximum);
    }
    case 'boolean':
      return choose([true, false]);
    case 'null':
      return null;
    default:
      return sample ?? choose([null, 'x', 7, [], {}]);
  }
}

function members(schema: Schema, sample: unknown, choose: Choose, depth: number): JsonObject {
  const given = isObject(sample) ? sample : {};
  const body: Record<string, unknown> = { ...given };
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const isLeftOut = !schema.required?.includes(name) && choose([true, false, false]);
    if (isLeftOut) delete body[name];
    else body[name] = made(member, given[name], choose, depth + 1);
  }
  return body;
}

type Choose = <T>(options: readonly T[]) => T;

/** Chooses by a seed, the same each time: mulberry32. */
function chooser(seed: number): Choose {
  let state = seed * 0x9e37_79b9;
  return (options) => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return options[((mixed ^ (mixed >>> 14)) >>> 0) % options.length]!;
  };
}
