import { z } from 'zod';

/** The schemas in the definition of another: those of its members, items or choices, or of the schema that it wraps. */
export function* partsOf(value: unknown): Iterable<z.ZodType> {
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
