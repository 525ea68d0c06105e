import { z } from 'zod';
import { interfaceType } from '../declaration/event-type.ts';
import { enumType, moment, orBlank, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { KINDS } from '../events/cancellation.ts';
import { actor } from './actor.ts';
import { person } from './person.ts';

export const cancellationKind = enumType('CancellationKind', KINDS, 'What was cancelled.');

/** What every cancellation says, of whatever provider. */
export const Cancellation = interfaceType('Cancellation', {
  description: 'An event that says that a ticket, booking, order or subscription was cancelled.',
  fields: z.object({
    kind: cancellationKind,
    title: open(text).nullable().describe('What was cancelled, as a person would name it.'),
    reference: text
      .nullable()
      .describe('What the customer would quote: the number of a ticket, which is personal; the id of anything else.'),
    customer: orBlank(person),
    canceledBy: actor,
    reason: text.nullable().describe('Free text. Personal.'),
    quantity: whole.nullable(),
    status: open(text).nullable(),
    previousStatus: open(text).nullable(),
    startsAt: moment.nullable(),
    endsAt: moment.nullable(),
    timeZone: open(text).nullable(),
    refundExpected: z
      .boolean()
      .nullable()
      .describe('Whether money is to go back: false also where nothing was paid. Null where nobody says.'),
    isScheduled: z
      .boolean()
      .default(false)
      .describe(
        'Whether it is only decided: what is cancelled goes on until `endsAt`. Another event says when it has ended, and ' +
          '`activity` counts that one alone. Of subscriptions.',
      ),
  }),
});
