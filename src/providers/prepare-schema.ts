import { z } from 'zod';
import { partsOf } from './schema-parts.ts';

/**
 * Has zod compile every object of a schema. By itself it does so when the first value comes: for all that Eduzz and Wix send, that
 * took a tenth of a second and more, in which every other delivery waited as well. One object is one step.
 */
export function* prepareSchema(schema: z.ZodType, seen = new Set<z.ZodType>()): Iterable<z.ZodType> {
  if (seen.has(schema)) return;
  seen.add(schema);
  if (schema instanceof z.ZodObject) {
    try {
      schema.safeParse({});
    } catch {
      // A user's own check may throw for an empty object. Only the compiling counts here.
    }
    yield schema;
  }
  for (const part of partsOf(schema.def)) yield* prepareSchema(part, seen);
}
