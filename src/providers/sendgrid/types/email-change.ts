import { z } from 'zod';
import { eventType } from '../../../declaration/event-type.ts';
import { enumType, id, json, listOf, orBlank, text, whole } from '../../../declaration/fields.ts';
import { open } from '../../../declaration/mark.ts';
import { person } from '../../../types/person.ts';

export const emailChangeKind = enumType(
  'EmailChangeKind',
  {
    PROCESSED: 'The provider has accepted it and will send it.',
    DROPPED: 'The provider did not send it: `reason` says why.',
    DEFERRED: 'The receiving server has delayed it. The provider tries again.',
    DELIVERED: 'The receiving server has accepted it.',
    BOUNCED: 'The receiving server refused it for good.',
    BLOCKED: 'The receiving server refused it for the moment, and the provider does not try again.',
    OPENED: 'It was opened: by a person, or by a program that loads pictures (`isMachine`).',
    CLICKED: 'A link in the e-mail was clicked.',
    REPORTED_AS_SPAM: 'The recipient reported it as spam.',
    UNSUBSCRIBED: 'The recipient wants no more e-mails at all.',
    GROUP_UNSUBSCRIBED: 'The recipient wants no more e-mails of the group.',
    GROUP_RESUBSCRIBED: 'The recipient wants e-mails of the group again.',
  },
  'What happened to an e-mail.',
);

/** Anything that happened to an e-mail to one recipient. */
export const EmailChange = eventType('EmailChange', {
  description: 'The state of an e-mail that was sent to somebody changed: SendGrid.',
  fields: z.object({
    emailChange: emailChangeKind,
    messageId: id.nullable().describe('The provider’s id of the e-mail to this recipient.'),
    recipient: orBlank(person),
    reason: text.nullable().describe('Why it was not delivered, in the words of a mail server. Personal.'),
    response: text.nullable().describe('What the receiving server answered. Personal.'),
    status: open(text).nullable().describe('The SMTP status code of a bounce, such as `5.0.0`.'),
    classification: open(text).nullable().describe('The kind of bounce, such as `Invalid Address`.'),
    attempt: whole.nullable().describe('How often it was tried.'),
    isMachine: z
      .boolean()
      .nullable()
      .describe('True if the provider believes that a program opened the e-mail, and no person.'),
    userAgent: text.nullable().describe('Personal.'),
    ip: text.nullable().describe('Personal.'),
    categories: listOf(open(text)).describe(
      'The categories that the sender chose. SendGrid asks senders to put nothing personal there.',
    ),
    groupId: id.nullable().describe('The unsubscribe group that the e-mail belongs to.'),
    additionalFields: json.describe('What the sender attached to the e-mail. Personal.'),
  }),
  happened: 'emailChange',
  subject: ({ messageId }) => messageId && `email/${messageId}`,
});
