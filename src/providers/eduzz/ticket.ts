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

/** Documented as a list of `{key, value}`, but sent as a map. */
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
  /** Deliveries of 2024 lack it. */
  id: idOrNone,
  inviteKey: secondaryId,
  name: named,
  email: named,
  phone,
  // A CPF or CNPJ, and a link that lets its holder in. Both are recognized and never published.
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

/** A ticket needs an id or an invite key. Without both, nothing tells it from other tickets. */
export function isNamed({ id, inviteKey }: Nameable): boolean {
  return typeof id === 'string' || inviteKey !== null;
}
export const UNNAMED = { path: ['id'], error: 'expected an id, or an inviteKey in its place' };

export const participant = z.object(participantFields).refine(isNamed, UNNAMED);
export type Participant = z.output<typeof participant>;

/** `data` of an event of Blinket, without the participants or tickets that it is about. */
export const blinketFields = { producer, event: occasion, createdAt: instant };

/** The purchase by which the participant was added. Documented for `attendance_added`, but any event may have it. */
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
 * The subject that an older hookcast gave to a ticket without an id.
 *
 * @param key the newest of the source's secrets.
 */
export function formerTicketSubject(key: HmacKey, occasionId: string, { id, inviteKey }: Nameable): string | null {
  if (typeof id === 'string') return null;
  const digest = hmacSha256(key, Buffer.from(`${occasionId}:${inviteKey}`)).toString('hex');
  return `ticket/${occasionId}:${digest.slice(0, 32)}`;
}
