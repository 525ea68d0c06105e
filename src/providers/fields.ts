import { z } from 'zod';
import { parseInstant } from './instant.ts';

/** An id, which providers write as text or as a number and which is text for us: zeros in front are part of it. */
export const id = z.union([z.string().min(1).max(256), z.int().transform(String)], {
  error: 'expected an id as text or integer',
});

/** A time that `parseInstant` understands, left as it was written: its zone may stand elsewhere in the payload. */
export const time = z.string().refine((text) => parseInstant(text) !== null, { error: 'expected a date and time' });

/** Text that may be missing, and that some providers leave empty instead. */
export const optionalTime = z.preprocess((value) => (value === '' ? null : value), time.nullish());

export const optionalText = z.string().nullish();
