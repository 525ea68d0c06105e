import { z } from 'zod';
import { id } from '../declaration/fields.ts';
import { parseInstant, readInstant } from './instant.ts';

export { id };

/** An id that may be missing. Some providers leave it empty. */
export const idOrNone = z
  .union([z.literal('').transform(() => null), id], { error: 'expected an id as text or integer' })
  .nullish();

const NO_TIME = 'expected a date and time';

/** A time, read as UTC if it names no zone. It may be missing or empty. */
export const optionalInstant = z
  .string()
  .transform((text, context) => {
    const parsed = text === '' ? null : parseInstant(text);
    if (parsed === null && text !== '') context.addIssue(NO_TIME);
    return parsed;
  })
  .nullish();

/** A time that `parseInstant` understands, kept as text: its zone may be elsewhere in the payload. */
export const time = z.string().refine((text) => parseInstant(text) !== null, { error: NO_TIME });

/** The same, but it may be missing or empty. */
export const optionalTime = z
  .string()
  .refine((text) => text === '' || parseInstant(text) !== null, { error: NO_TIME })
  .nullish();

/** A required time, in any form that `readInstant` understands: a text, or a number since 1970. */
export const sentInstant = z.union([z.string(), z.number()], { error: NO_TIME }).transform((value, context) => {
  const read = readInstant(value);
  if (read === null) context.addIssue(NO_TIME);
  return read ?? z.NEVER;
});

export const optionalText = z.string().nullish();

/**
 * A value that an event can do without. It is null if it is missing, null, or in an unexpected form. In the last case it is
 * only in `raw`, and shows as drift; the rest of the event is served.
 */
export function secondary<S extends z.ZodType>(schema: S) {
  return schema
    .nullish()
    .catch(null as never)
    .transform((value) => value ?? null);
}

/** The valid members of a list; none if the value is no list. */
export function secondaryList<S extends z.ZodType>(schema: S) {
  const members = z.array(schema.nullable().catch(null as never));
  return secondary(members).transform((list) =>
    (list ?? []).filter((member): member is NonNullable<typeof member> => member !== null),
  );
}

/** The end of the year 9999, in seconds since 1970. A larger number is in milliseconds, or no time. */
const LAST_SECOND = 253_402_300_799;

/** A time in whole seconds since 1970; it may be missing. */
export const optionalSeconds = z
  .int({ error: 'expected seconds since 1970' })
  .nonnegative({ error: 'expected seconds since 1970' })
  .max(LAST_SECOND, { error: 'expected seconds since 1970' })
  .transform((seconds) => ({ at: seconds * 1000, text: String(seconds) }))
  .nullish();
