import type { Fresh, Sample } from '../sample.ts';

type Payload = Record<string, unknown>;

const MEETING = {
  uuid: '4444AAAiAAAAAiAiAiiAii==',
  id: 84_012_345_678,
  host_id: 'x1yCzABCDEfg23HiJKl4mN',
  topic: 'Singing lesson',
  type: 2,
  start_time: '2026-05-02T15:00:00Z',
  duration: 60,
  timezone: 'America/Sao_Paulo',
};
const OPERATOR = { operator: 'rosa@coro.example', operator_id: 'z8yCzABCDEfg23HiJKl4mN' };
const REGISTRANT = {
  id: 'U0BvkBVZQLGfOfHookcast',
  first_name: 'Paula',
  last_name: 'Reis',
  email: 'paula@coro.example',
};

export const zoomSamples: readonly Sample[] = [
  sample('meeting.deleted', () => ({ ...OPERATOR, object: MEETING })),
  sample('meeting.updated', () => ({
    ...OPERATOR,
    object: { id: MEETING.id, start_time: '2026-05-03T15:00:00Z' },
    old_object: { id: MEETING.id, start_time: MEETING.start_time },
  })),
  sample('webinar.registration_cancelled', () => ({
    operator: REGISTRANT.email,
    object: { ...MEETING, type: 5, registrant: REGISTRANT },
  })),
  sample('scheduler.scheduled_event_canceled', (at) => ({
    user_id: MEETING.host_id,
    object: {
      ...scheduled(at),
      cancellation: { canceled_by: 'Paula Reis', canceler_type: 'invitee', cancel_at: at, reason: 'a cold' },
    },
  })),
  sample('scheduler.scheduled_event_created', (at) => ({ user_id: MEETING.host_id, object: scheduled(at) })),
];

function scheduled(at: string): Payload {
  return {
    invitee_email: 'paula@coro.example',
    invitee_first_name: 'Paula',
    invitee_last_name: 'Reis',
    text_phone_number: '+5511900000000',
    time_zone: 'America/Sao_Paulo',
    questions_and_answers: [{ question: 'Which song?', position: 0, answer: ['The one of Paula’s mother'] }],
    rescheduled: false,
    created: at,
    scheduled_event: {
      event_id: 'hookcast0sample0event',
      summary: 'Singing lesson',
      status: 'confirmed',
      start_date_time: MEETING.start_time,
      end_date_time: '2026-05-02T16:00:00Z',
      created: at,
      updated: at,
      location_kind: 'zoom',
      external_location: { kind: 'zoom', meeting_id: String(MEETING.id) },
      invitee_counters: { total: 1, active: 1, limit: 1 },
    },
  };
}

function sample(event: string, payload: (at: string) => Payload): Sample {
  return { event, payload: (fresh) => ({ event, event_ts: momentOf(fresh), payload: bodyOf(payload, fresh) }) };
}

/** Zoom's events have no id, and two events with the same content are the same event. So each fresh sample has content of its own. */
function bodyOf(payload: (at: string) => Payload, fresh: Fresh | undefined): Payload {
  const at = new Date(momentOf(fresh)).toISOString();
  return { account_id: 'AAAAAABBBBhookcast', ...payload(at), ...(fresh && { tracking: fresh.id }) };
}

function momentOf(fresh: Fresh | undefined): number {
  return fresh?.at.getTime() ?? 1_775_200_000_000;
}
