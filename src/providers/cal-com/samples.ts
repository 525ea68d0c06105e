import type { Sample } from '../sample.ts';

const organizer = {
  id: 4711,
  name: 'Nora Gastgeberin',
  email: 'nora@gastgeberin.example',
  username: 'nora',
  timeZone: 'Europe/Vienna',
  language: { locale: 'de' },
};

/** The same booking in every sample. */
const booking = {
  type: 'first-talk',
  title: 'First talk between Nora Gastgeberin and Otto Beispiel',
  eventTitle: 'First talk',
  eventTypeId: 60021,
  bookingId: 880001,
  uid: 'k3VqWm8ZsYtR1pLxNbC7dA',
  startTime: '2026-04-09T08:00:00Z',
  endTime: '2026-04-09T08:30:00Z',
  organizer,
  attendees: [
    {
      name: 'Otto Beispiel',
      email: 'otto@beispiel.example',
      timeZone: 'Europe/Berlin',
      firstName: 'Otto',
      lastName: 'Beispiel',
    },
  ],
  location: 'integrations:daily',
  length: 30,
  price: 4000,
  currency: 'eur',
  responses: { notes: { label: 'additional_notes', value: 'The second floor, please' } },
};

/** @param says what an event says besides. */
function sample(event: string, said: string, says: Record<string, unknown>): Sample {
  return {
    event,
    payload: (fresh) => ({
      triggerEvent: event,
      createdAt: fresh?.at.toISOString() ?? said,
      payload: { ...booking, ...(fresh && { uid: fresh.id }), ...says },
    }),
  };
}

export const calComSamples: readonly Sample[] = [
  sample('BOOKING_CANCELLED', '2026-04-02T09:15:30.120Z', {
    status: 'CANCELLED',
    cancellationReason: 'Otto is ill',
    cancelledBy: 'otto@beispiel.example',
    requestReschedule: false,
  }),
  {
    event: 'PING',
    payload: (fresh) => ({
      triggerEvent: 'PING',
      createdAt: fresh?.at.toISOString() ?? '2026-04-02T09:00:00.000Z',
      payload: { type: 'Test', title: 'A test', organizer },
    }),
  },
  sample('BOOKING_CREATED', '2026-04-01T07:00:00.000Z', { status: 'ACCEPTED' }),
  sample('BOOKING_RESCHEDULED', '2026-04-01T08:00:00.000Z', {
    status: 'ACCEPTED',
    rescheduleUid: 'b6HsTf2UyKjQ4wEoMgX9cZ',
    rescheduleStartTime: '2026-04-08T08:00:00Z',
    rescheduleEndTime: '2026-04-08T08:30:00Z',
    rescheduledBy: 'otto@beispiel.example',
  }),
];
