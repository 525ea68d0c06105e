import { type DayEvent, type SampleDay, idOf, personOf, shareOf } from '../day.ts';
import { BOOKING } from './payload.ts';
import { wixSamples } from './samples.ts';

type Json = Record<string, unknown>;

const SERVICES = ['Aula de cerâmica', 'Massagem de 60 minutos', 'Aula de cerâmica', 'Yoga ao amanhecer'] as const;
const BOOKINGS = 13;
const HOUR = 60 * 60 * 1_000;

interface Booking {
  readonly number: number;
  readonly share: number;
  readonly title: string;
}

/** A day of a studio: bookings made, confirmed, moved, declined and canceled. Wix sends nothing if a customer doesn't come. */
export function wixDay(day: SampleDay): DayEvent[] {
  const count = Math.round(BOOKINGS * day.busy);
  const bookings = Array.from({ length: count }, (_, number): Booking => {
    const share = shareOf(number, count, 0.05, 0.93);
    return { number, share, title: SERVICES[(number + day.back) % SERVICES.length]! };
  });
  const of = (slug: string, wanted: (booking: Booking) => boolean, after: number, more: Json = {}) =>
    bookings.filter(wanted).map((booking) => happened(day, slug, booking, booking.share + after, more));
  return [
    ...of('created', () => true, 0),
    ...of('confirmed', ({ number }) => number % 6 !== 5, 0.002),
    ...of('declined', ({ number }) => number % 6 === 5, 0.004),
    ...of('rescheduled', ({ number }) => number % 5 === 1, 0.02),
    ...of('canceled', ({ number }) => number % 6 === 2, 0.03, refund(true)),
    ...of('canceled', ({ number }) => number % 12 === 4, 0.04, refund(false)),
  ];
}

function refund(withRefund: boolean): Json {
  return { flowControlSettings: { ignoreCancellationPolicy: false, withRefund, waiveCancellationFee: withRefund } };
}

function happened(day: SampleDay, slug: string, { number, title }: Booking, share: number, more: Json): DayEvent {
  const at = day.moment(share);
  const { name, email } = personOf(number * 3 + day.back + 1);
  const [firstName, ...rest] = name.split(' ');
  const id = idOf(day, 'booking', number);
  const payload = wixSamples
    .find(({ event }) => event === `${BOOKING}_${slug}`)!
    .payload({
      id: idOf(day, `${slug} booking`, number),
      at,
    });
  const event = JSON.parse(String(payload['data'])) as Json;
  const startsAt = day.moment(1).getTime() + (20 + number) * HOUR;
  const changed = (booking: Json): Json => ({
    ...booking,
    id,
    bookedEntity: bookedAt(booking['bookedEntity'], title, startsAt),
    contactDetails: { contactId: idOf(day, 'contact', number), firstName, lastName: rest.join(' '), email },
    createdDate: at.toISOString(),
    updatedDate: at.toISOString(),
    startDate: new Date(startsAt).toISOString(),
    endDate: new Date(startsAt + HOUR).toISOString(),
    totalParticipants: 1,
  });
  const { createdEvent, actionEvent } = event as Readonly<Record<'createdEvent' | 'actionEvent', Json | undefined>>;
  const body = actionEvent && (actionEvent['body'] as Json);
  const told = {
    ...event,
    entityId: id,
    ...(createdEvent && { createdEvent: { entity: changed(createdEvent['entity'] as Json) } }),
    ...(body && {
      actionEvent: {
        body: {
          ...body,
          ...movedFrom(body, title, startsAt - 26 * HOUR),
          ...more,
          booking: changed(body['booking'] as Json),
        },
      },
    }),
  };
  return { at, payload: { ...payload, data: JSON.stringify(told) } };
}

/** The former time of a booking that was moved. */
function movedFrom(body: Json, title: string, startsAt: number): Json {
  if (!body['previousBookedEntity']) return {};
  return {
    previousBookedEntity: bookedAt(body['previousBookedEntity'], title, startsAt),
    previousStartDate: new Date(startsAt).toISOString(),
    previousEndDate: new Date(startsAt + HOUR).toISOString(),
    previousTotalParticipants: 1,
  };
}

function bookedAt(booked: unknown, title: string, startsAt: number): Json {
  const { slot, ...rest } = booked as { readonly slot: Json };
  const [startDate, endDate] = [startsAt, startsAt + HOUR].map((moment) => new Date(moment).toISOString());
  return { ...rest, title, slot: { ...slot, startDate, endDate } };
}
