import { z } from 'zod';
import { type HmacKey, hmacSha256 } from '../hmac.ts';
import { id, idOrNone, secondary, secondaryList } from '../fields.ts';
import { customer, flag, instant, money, named, phone, producer, secondaryId, text } from './payload.ts';
import { toPerson } from './people.ts';

const tag = z.union([
  z.object({ id: secondaryId, title: text, color: text }),
  // Until 2024 a tag was its title.
  z.union([z.string(), z.number().transform(String)]).transform((title) => ({ id: null, title, color: null })),
]);

/** Documented as a list of `{key, value}`, sent as a map. */
const customFields = secondary(
  z.union([
    z.record(z.string(), z.unknown()),
    secondaryList(z.object({ key: z.string(), value: z.unknown() })).transform((fields) =>
      Object.fromEntries(fields.map(({ key, value }) => [key, value])),
    ),
  ]),
);

/** What the participant's ticket was for. */
export const occasion = z.object({ id, name: text, type: text });

export const participantFields = {
  /** Missing from what was sent in 2024. */
  id: idOrNone,
  inviteKey: secondaryId,
  name: named,
  email: named,
  phone,
  // A CPF or CNPJ, and a link that lets its holder in: known, and never published.
  document: z.unknown().optional(),
  checkInLink: z.unknown().optional(),
  status: text,
  assigned: flag,
  manuallyCreated: flag,
  checkInAt: instant,
  tags: secondaryList(tag),
  customFields,
};

type Nameable = { readonly id?: string | null | undefined; readonly inviteKey: string | null };

/** Something must tell the ticket from others, or it would be nobody's. */
export function isNamed({ id, inviteKey }: Nameable): boolean {
  return typeof id === 'string' || inviteKey !== null;
}
export const UNNAMED = { path: ['id'], error: 'expected an id, or an inviteKey in its place' };

export const participant = z.object(participantFields).refine(isNamed, UNNAMED);
export type Participant = z.output<typeof participant>;

/** `data` of an event of Blinket, but for whom or what it is about. */
export const blinketFields = { producer, event: occasion, createdAt: instant };

/** Of the purchase, where the participant was added by one: documented for `attendance_added`, and any event may say it. */
export const purchase = {
  ticket: secondary(z.object({ name: text, isPaid: flag })),
  batch: secondary(z.object({ contentId: secondaryId, name: text, price: money })),
  buyer: secondary(customer),
};

export function toParticipant(participant: Participant) {
  const { id, status, assigned, manuallyCreated, checkInAt, inviteKey, tags, customFields } = participant;
  return {
    participantId: id ?? null,
    status,
    assigned,
    manuallyCreated,
    checkedInAt: checkInAt,
    person: toPerson(participant),
    ticketNumber: inviteKey,
    tags: tags.map(({ id, title, color }) => ({ tagId: id, title, color })),
    customFields: customFields ?? {},
  };
}

export function toOccasion({ id, name, type }: z.output<typeof occasion>) {
  return { occasionId: id, name, type };
}

export function toProducer({ id, name, email }: z.output<typeof producer>) {
  return { producerId: id, name, email };
}

/**
 * What an older hookcast called a ticket without an id.
 *
 * @param key the newest of the source's secrets.
 */
export function formerTicketSubject(key: HmacKey, occasionId: string, { id, inviteKey }: Nameable): string | null {
  if (typeof id === 'string') return null;
  const digest = hmacSha256(key, Buffer.from(`${occasionId}:${inviteKey}`)).toString('hex');
  return `ticket/${occasionId}:${digest.slice(0, 32)}`;
}
