import { z } from 'zod';

/**
 * Has zod compile every object of a schema. By itself it does so when the first value comes: for all that Eduzz and Wix send, that
 * took a tenth of a second and more, in which every other delivery waited as well.
 */
export function prepareSchema(schema: z.ZodType, seen = new Set<z.ZodType>()): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  if (schema instanceof z.ZodObject) {
    try {
      schema.safeParse({});
    } catch {
      // A user's own check may throw for an empty object. Only the compiling counts here.
    }
  }
  for (const part of partsOf(schema.def)) prepareSchema(part, seen);
}

/** The schemas in the definition of one: of its members, items, choices, or of what it wraps. */
function* partsOf(value: unknown): Iterable<z.ZodType> {
  if (typeof value !== 'object' || value === null) return;
  for (const part of Object.values(value) as unknown[]) {
    if (isSchema(part)) yield part;
    else if (Array.isArray(part)) yield* part.filter(isSchema);
    else if (isShape(part)) yield* Object.values(part).filter(isSchema);
  }
}

function isSchema(value: unknown): value is z.ZodType {
  return value instanceof z.ZodType;
}

function isShape(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
