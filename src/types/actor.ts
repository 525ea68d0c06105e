import { enumType, objectType, orBlank, text } from '../declaration/fields.ts';

export const actorType = enumType(
  'ActorType',
  {
    CUSTOMER: 'The customer, who bought or booked.',
    BUSINESS: 'The seller, or somebody who works for the seller.',
    APP: 'A program of the provider, or an app that is connected to it.',
    UNKNOWN: 'The provider did not say.',
  },
  'What kind of person or program acted.',
);

/** The person or system that did something. The type is UNKNOWN if the provider doesn't say. */
export const actor = orBlank(
  objectType('Actor', 'The person or program that acted.', {
    type: actorType.default('UNKNOWN'),
    name: text.nullable().describe('Null if the provider sent no name. Personal.'),
    actorId: text.nullable().describe("The provider's id of this person or program. Personal."),
  }),
);
