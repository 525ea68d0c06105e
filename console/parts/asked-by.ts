/** What the gateway is asked for: events of subjects, or of a person. */
export type Asked = { readonly subjects: string[] } | { readonly email: string };

/** The subjects that providers number. A ticket's number opens a door to its holder, so no subject has it. */
const NUMBERED = [
  'order',
  'booking',
  'subscription',
  'cart',
  'charge',
  'invoice',
  'contract',
  'ticket',
  'student',
  'occasion',
];
/** The form of a number as people type it: letters and digits, with at least one digit. */
const NUMBER = /^#?(?=.*\d)[\p{L}\d][\p{L}\d._:-]{2,99}$/u;
const SUBJECT = /^[a-z_]{2,40}\/[^\s/]{1,200}$/;
const ADDRESS = /^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/;

/**
 * What the gateway can be asked for: the number of an order, a subject, or a person's whole e-mail address. Null if the text is none of
 * these.
 */
export function askedBy(text: string, mayKnow: boolean): Asked | null {
  const typed = text.trim();
  if (SUBJECT.test(typed)) return { subjects: [typed] };
  if (NUMBER.test(typed)) return { subjects: NUMBERED.map((kind) => `${kind}/${typed.replace(/^#/, '')}`) };
  return mayKnow && ADDRESS.test(typed) ? { email: typed } : null;
}
