import { z } from 'zod';
import { id, idOrNone, secondary, time } from '../fields.ts';
import { parseInstant } from '../instant.ts';
import { isObject } from '../payload.ts';

/**
 * The parts of Eduzz's payloads (Developer Hub, "Webhook v3"). There is no machine-readable schema. The documentation, its samples and the
 * real deliveries disagree in places, and these schemas take all of their forms:
 * https://developers.eduzz.com/reference/webhook/blinket-attendance-canceled
 */

export const text = secondary(z.union([z.string(), z.number().transform(String)]));
export const flag = secondary(z.boolean());
export const secondaryId = secondary(id);
/** A number that GraphQL can serve as an Int. */
export const count = secondary(
  z.union([
    z.int32(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ]),
);
/** Eduzz writes an empty text for a missing time. */
export const instant = secondary(z.string().transform((text) => parseInstant(text)));

/** Somebody's name or address. */
export const named = secondary(z.string());

/** A word that decides what an event means. */
export const word = z.string({ error: 'expected text' }).nullish();

/** Blinket writes a phone number as text, MyEduzz's contracts write it in three parts. */
export const phone = secondary(
  z.union([
    z.string(),
    z.number().transform(String),
    z
      .object({ countryCode: text, areaCode: text, number: text })
      .transform(({ countryCode, areaCode, number }) =>
        number === null ? null : `${countryCode === null ? '' : `+${countryCode}`}${areaCode ?? ''}${number}`,
      ),
  ]),
);

/** The members of a sum. Some events have other members beside them. */
export const moneyFields = {
  currency: z.string().min(1),
  value: z.union([z.string().min(1), z.number().transform(String)]),
};

export function toMoney({ currency, value }: { readonly currency: string; readonly value: string }) {
  return { amount: value, currency };
}

export const money = secondary(z.object(moneyFields).transform(toMoney));

/**
 * The id is required, since without it nobody would know whose event it is. Documented as a number, sent as text and, by some apps, as a
 * number.
 */
export const producer = z.object({ id, name: text, email: text });

export const customer = z.object({ id: secondaryId, name: named, email: named, phone }).nullish();

export function delivery<S extends z.ZodType>(data: S) {
  return z.object({
    id: z.unknown().optional(),
    event: z.unknown().optional(),
    sentDate: z.unknown().optional(),
    data,
  });
}

/** Some of the official samples have no id or no date, or the date inside `data`. */
export const envelope = z.object({ id: idOrNone, event: z.string().min(1).max(256) });

/** Eduzz sends it when a webhook is activated, with or without a signature. */
export const ping = z.strictObject({
  event: z.literal('ping'),
  data: z.strictObject({ message: z.literal('ping') }),
  id: id.nullish(),
  sentDate: secondary(time),
});

/** The value at a path in a payload that was not checked. */
export function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  return found;
}
