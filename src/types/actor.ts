import { enumType, objectType, orBlank, text } from '../declaration/fields.ts';

export const actorType = enumType(
  'ActorType',
  {
    CUSTOMER: 'Who bought or booked.',
    BUSINESS: 'Who sells, or somebody of theirs.',
    APP: 'A program: the provider’s own, or one that is connected to it.',
    UNKNOWN: 'The provider does not say.',
  },
  'What somebody who did something is.',
);

/** Who did something: UNKNOWN where nobody says. */
export const actor = orBlank(
  objectType('Actor', 'Who did something.', {
    type: actorType.default('UNKNOWN'),
    name: text.nullable().describe('Null where the provider says none. Personal.'),
    actorId: text.nullable().describe("The provider's own id of them. Personal."),
  }),
);
