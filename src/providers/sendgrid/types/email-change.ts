import { z } from 'zod';
import { eventType } from '../../../declaration/event-type.ts';
import { enumType, id, json, listOf, orBlank, text, whole } from '../../../declaration/fields.ts';
import { open } from '../../../declaration/mark.ts';
import { person } from '../../../types/person.ts';

export const emailChangeKind = enumType(
  'EmailChangeKind',
  {
    PROCESSED: 'The provider has taken it, and will send it.',
    DROPPED: 'It is not sent: `reason` says why.',
    DEFERRED: 'The receiving server does not take it yet. The provider tries again.',
    DELIVERED: 'The receiving server has taken it.',
    BOUNCED: 'The receiving server refused it for good.',
    BLOCKED: 'The receiving server refused it for now, and the provider does not try again.',
    OPENED: 'It was opened: by a person, or by a program that loads pictures (`isMachine`).',
    CLICKED: 'A link in it was followed.',
    REPORTED_AS_SPAM: 'The recipient called it spam.',
    UNSUBSCRIBED: 'The recipient wants no more e-mails at all.',
    GROUP_UNSUBSCRIBED: 'The recipient wants no more e-mails of the group.',
    GROUP_RESUBSCRIBED: 'The recipient wants e-mails of the group again.',
  },
  'What became of an e-mail.',
);

/** What became of an e-mail to one recipient. */
export const EmailChange = eventType('EmailChange', {
  description: 'What became of an e-mail that was sent to somebody: SendGrid.',
  fields: z.object({
    emailChange: emailChangeKind,
    messageId: id.nullable().describe('The provider’s id of the e-mail to this recipient.'),
    recipient: orBlank(person),
    reason: text.nullable().describe('Why it was not delivered, in words of a server. Personal.'),
    response: text.nullable().describe('What the receiving server answered. Personal.'),
    status: open(text).nullable().describe('The code of a refusal, such as `5.0.0`.'),
    classification: open(text).nullable().describe('The kind of a refusal, such as `Invalid Address`.'),
    attempt: whole.nullable().describe('How often it was tried.'),
    isMachine: z.boolean().nullable().describe('Whether a program opened it, as far as the provider knows.'),
    userAgent: text.nullable().describe('Personal.'),
    ip: text.nullable().describe('Personal.'),
    categories: listOf(open(text)).describe('As the sender named them. SendGrid wants nothing personal in them.'),
    groupId: id.nullable().describe('The group of e-mails that can be unsubscribed from by itself.'),
    additionalFields: json.describe('What the sender attached to the e-mail. Personal.'),
  }),
  happened: 'emailChange',
  subject: ({ messageId }) => messageId && `email/${messageId}`,
});
