import { z } from 'zod';
import { id, idOrNone, secondary, time } from '../fields.ts';
import { parseInstant } from '../instant.ts';
import { isObject } from '../payload.ts';

/**
 * The parts of what Eduzz sends (Developer Hub, "Webhook v3"). There is no machine-readable schema; the documentation, its
 * samples and what is really sent disagree in places, and the schemas are as tolerant as all of them together:
 * https://developers.eduzz.com/reference/webhook/blinket-attendance-canceled
 */

export const text = secondary(z.union([z.string(), z.number().transform(String)]));
export const flag = secondary(z.boolean());
export const secondaryId = secondary(id);
/** What GraphQL can serve as an Int. */
export const count = secondary(
  z.union([
    z.int32(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ]),
);
/** Eduzz writes an empty text where there is no time. */
export const instant = secondary(z.string().transform((text) => parseInstant(text)));

/** Somebody's name or address. */
export const named = secondary(z.string());

/** A word that decides what an event means. */
export const word = z.string({ error: 'expected text' }).nullish();

/** Blinket writes phones as text, MyEduzz's contracts in three parts. */
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

/** A sum, which some events write among other members. */
export const moneyFields = {
  currency: z.string().min(1),
  value: z.union([z.string().min(1), z.number().transform(String)]),
};

export function toMoney({ currency, value }: { readonly currency: string; readonly value: string }) {
  return { amount: value, currency };
}

export const money = secondary(z.object(moneyFields).transform(toMoney));

/** Without its id nobody would know whose event it is. Documented as a number, sent as text and, by some apps, as a number. */
export const producer = z.object({ id, name: text, email: text });

export const customer = z.object({ id: secondaryId, name: named, email: named, phone }).nullish();

/** A delivery whose `data` is this. */
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

/** Asked of the address when a webhook is activated, with or without a signature. */
export const ping = z.strictObject({
  event: z.literal('ping'),
  data: z.strictObject({ message: z.literal('ping') }),
  id: id.nullish(),
  sentDate: secondary(time),
});

/** What stands at a path in a payload whose shape nobody has checked. */
export function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  return found;
}
