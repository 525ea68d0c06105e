import { z } from 'zod';
import { id, optionalInstant, optionalText, time } from '../fields.ts';

/**
 * What Eduzz sends (Developer Hub, "Webhook v3"). Its documentation and its samples disagree in places, and the schemas
 * are as tolerant as the two together: https://developers.eduzz.com/reference/webhook/blinket-attendance-canceled
 */

/** The envelope. Some of the official samples have no id or no date, or the date inside `data`. */
export const envelope = z.object({
  id: id.nullish(),
  event: z.string().min(1).max(256),
  sentDate: z.unknown().optional(),
  data: z.unknown().optional(),
});

const tag = z.union([
  z.object({ id: id.nullish(), title: optionalText, color: optionalText }),
  // Until 2024 a tag was its title.
  z.string().transform((title) => ({ id: null, title, color: null })),
]);

/** Documented as a list of `{key, value}`, sent as a map. */
const customFields = z.union([
  z.record(z.string(), z.unknown()),
  z
    .array(z.object({ key: z.string(), value: z.unknown() }))
    .transform((fields) => Object.fromEntries(fields.map(({ key, value }) => [key, value]))),
]);

export const attendanceCanceled = z.object({
  id: id.nullish(),
  sentDate: optionalInstant,
  data: z.object({
    producer: z.object({ id, name: z.string(), email: z.string() }),
    event: z.object({ id, name: z.string(), type: optionalText }),
    participant: z.object({
      /** Missing from what was sent in 2024. */
      id: id.nullish(),
      inviteKey: id,
      name: z.string(),
      email: z.string(),
      phone: optionalText,
      status: z.string(),
      manuallyCreated: z.boolean().nullish(),
      tags: z.array(tag).nullish(),
      customFields: customFields.nullish(),
    }),
    createdAt: optionalInstant,
  }),
});
export type AttendanceCanceled = z.infer<typeof attendanceCanceled>;

/** Asked of the address when a webhook is activated, with or without a signature. */
export const ping = z.strictObject({
  event: z.literal('ping'),
  data: z.strictObject({ message: z.literal('ping') }),
  id: id.nullish(),
  sentDate: time.nullish(),
});
