import { enumType, objectType, orBlank, text } from '../declaration/fields.ts';

export const actorType = enumType('ActorType', ['CUSTOMER', 'BUSINESS', 'APP', 'UNKNOWN']);

/** Who did something: UNKNOWN where nobody says. */
export const actor = orBlank(
  objectType('Actor', 'Who did something.', {
    type: actorType.default('UNKNOWN'),
    name: text.nullable().describe('Null where the provider says none. Personal.'),
    actorId: text.nullable().describe("The provider's own id of them. Personal."),
  }),
);
