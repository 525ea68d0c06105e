import { marked, personal } from '../declaration/mark.ts';
import { objectType, text } from '../declaration/fields.ts';

/** A person, `{ name, email, phone, externalId }`, each a text or null. An erasure finds the event by them. */
export const person = marked(
  personal(
    objectType('Person', 'A person who bought, attends or booked. Every field is personal.', {
      name: text.nullable(),
      email: text.nullable(),
      phone: text.nullable(),
      externalId: text.nullable().describe("The provider's id of the person."),
    }),
  ),
  { isPerson: true },
);
