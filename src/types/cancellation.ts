import { z } from 'zod';
import { interfaceType } from '../declaration/event-type.ts';
import { enumType, moment, orBlank, text, whole } from '../declaration/fields.ts';
import { open } from '../declaration/mark.ts';
import { KINDS } from '../events/cancellation.ts';
import { actor } from './actor.ts';
import { person } from './person.ts';

export const cancellationKind = enumType('CancellationKind', KINDS, 'What was canceled.');

/** The fields of every cancellation of any provider. */
export const Cancellation = interfaceType('Cancellation', {
  description: 'A ticket, booking, order or subscription was canceled.',
  fields: z.object({
    kind: cancellationKind,
    title: open(text).nullable().describe('What was canceled, in words for people.'),
    reference: text
      .nullable()
      .describe(
        'What a customer would quote to support: a ticket’s number, which is personal, or the id of anything else.',
      ),
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
      .describe(
        'Whether the customer gets money back. False also if nothing was paid. Null if the provider did not say.',
      ),
    isScheduled: z
      .boolean()
      .default(false)
      .describe(
        'True if the cancellation is decided but the subscription goes on until `endsAt`. Another event follows when it has ended, and `activity` counts only that one as a cancellation.',
      ),
  }),
});
