import { z } from 'zod';
import { partsOf } from './schema-parts.ts';

/**
 * Makes zod compile every object of a schema. By default zod does so at the first value. For all that Eduzz and Wix send, that
 * took a tenth of a second or more, during which all other deliveries waited. One step compiles one object.
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
