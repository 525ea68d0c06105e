import type { Sample } from '../sample.ts';

const API = 'https://api.calendly.com';
const SCHEDULED = `${API}/scheduled_events/5f2c7c1a-2d0e-4f0b-8f62-0d7f8a6b1c11`;

const canceled = ((fresh?: Parameters<Sample['payload']>[0]) => {
  const at = fresh?.at.toISOString() ?? '2026-04-03T14:20:00.551203Z';
  const invitee = `${SCHEDULED}/invitees/${fresh?.id ?? 'b7a4d9f0-61c3-4a55-9e0b-3c1f8f2f7a22'}`;
  return {
    event: 'invitee.canceled',
    created_at: at,
    created_by: `${API}/users/c0ffee00-1111-4222-8333-444455556666`,
    payload: {
      uri: invitee,
      name: 'Clara Erfunden',
      first_name: 'Clara',
      last_name: 'Erfunden',
      email: 'clara@erfunden.example',
      status: 'canceled',
      timezone: 'America/Sao_Paulo',
      text_reminder_number: '+49 151 00000000',
      rescheduled: false,
      old_invitee: null,
      new_invitee: null,
      cancel_url: 'https://calendly.com/cancellations/b7a4d9f0',
      reschedule_url: 'https://calendly.com/reschedulings/b7a4d9f0',
      cancellation: {
        canceled_by: 'Clara Erfunden',
        reason: 'Clara found another one',
        canceler_type: 'invitee',
        created_at: at,
      },
      questions_and_answers: [{ question: 'Anything else?', answer: 'My knee hurts', position: 0 }],
      tracking: { utm_source: null },
      scheduled_event: {
        uri: SCHEDULED,
        name: 'Physiotherapy',
        status: 'canceled',
        start_time: '2026-04-10T12:00:00.000000Z',
        end_time: '2026-04-10T12:45:00.000000Z',
        event_type: `${API}/event_types/77777777-8888-4999-8aaa-bbbbccccdddd`,
        location: { type: 'physical', location: 'Musterweg 4' },
        event_memberships: [
          {
            user: `${API}/users/c0ffee00-1111-4222-8333-444455556666`,
            user_email: 'praxis@ausgedacht.example',
            user_name: 'Dr. Ausgedacht',
          },
        ],
        event_guests: [],
      },
      payment: {
        external_id: 'ch_erfunden',
        provider: 'stripe',
        amount: 60,
        currency: 'EUR',
        terms: null,
        successful: true,
      },
      invitee_scheduled_by: null,
      created_at: '2026-03-20T07:00:00.000000Z',
      updated_at: at,
    },
  };
}) satisfies Sample['payload'];

export const calendlySamples: readonly Sample[] = [
  { event: 'invitee.canceled', payload: canceled },
  {
    event: 'invitee.created',
    payload(fresh) {
      const { payload, ...envelope } = canceled(fresh);
      return {
        ...envelope,
        event: 'invitee.created',
        payload: {
          ...payload,
          status: 'active',
          cancellation: undefined,
          scheduled_event: { ...payload.scheduled_event, status: 'active' },
        },
      };
    },
  },
];
