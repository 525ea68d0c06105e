import { z } from 'zod';
import { markOf } from './mark.ts';

/** An id as a mapping returns it. The payload's schema has already checked that it is one. */
const ANY_ID = z.union([z.string(), z.number().transform(String)]);

/**
 * The same schema, which fills in what a mapping leaves out: null for a nullable member; for an object whose members may all be
 * missing, an object of these blanks. So a mapping returns only what it knows.
 */
export function withBlanks(schema: z.ZodType): z.ZodType {
  if (markOf(schema).served === 'ID') return ANY_ID;
  if (schema instanceof z.ZodUnknown || schema instanceof z.ZodAny) return schema.default(null);
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) {
    return withBlanks(schema.unwrap() as z.ZodType)
      .nullable()
      .default(null);
  }
  if (schema instanceof z.ZodDefault) {
    return withBlanks(schema.unwrap() as z.ZodType).default(schema.def.defaultValue as never);
  }
  if (schema instanceof z.ZodPrefault)
    return withBlanks(schema.unwrap() as z.ZodType).prefault(schema.def.defaultValue as never);
  if (schema instanceof z.ZodArray) return z.array(withBlanks(schema.element as z.ZodType));
  if (!(schema instanceof z.ZodObject)) return schema;
  const members = Object.entries(schema.shape).map(
    ([name, member]) => [name, withBlanks(member as z.ZodType)] as const,
  );
  const object = z.object(Object.fromEntries(members));
  return members.every(([, member]) => mayBeMissing(member)) ? object.prefault({}) : object;
}

function mayBeMissing(schema: z.ZodType): boolean {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
}
