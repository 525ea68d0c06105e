/** What the gateway is asked for. */
export type Asked = { readonly subjects: string[] } | { readonly email: string };

/** What providers' numbers are of. A ticket's is somebody's key to a door, and no subject has it. */
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
/** As a person types a number: letters and digits, a digit among them. */
const NUMBER = /^#?(?=.*\d)[\p{L}\d][\p{L}\d._:-]{2,99}$/u;
const SUBJECT = /^[a-z_]{2,40}\/[^\s/]{1,200}$/;
const ADDRESS = /^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/;

/** Whether the gateway can be asked for it: the number of an order, a subject, or the whole e-mail address of somebody. */
export function askedBy(text: string, mayKnow: boolean): Asked | null {
  const typed = text.trim();
  if (SUBJECT.test(typed)) return { subjects: [typed] };
  if (NUMBER.test(typed)) return { subjects: NUMBERED.map((kind) => `${kind}/${typed.replace(/^#/, '')}`) };
  return mayKnow && ADDRESS.test(typed) ? { email: typed } : null;
}
