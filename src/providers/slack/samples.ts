import type { Fresh, Sample } from '../sample.ts';

type Payload = Record<string, unknown>;

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const TEAM = 'T0HOOKCAST';

export const slackSamples: readonly Sample[] = [
  event('app_mention', (at) => ({
    user: 'U0PAULA',
    text: '<@U0HOOKCAST> is the rehearsal on?',
    ts: at,
    channel: 'C0CHOIR',
    event_ts: at,
  })),
  event('team_join', (at) => ({
    user: {
      id: 'U0PAULA',
      team_id: TEAM,
      name: 'paula',
      real_name: 'Paula Reis',
      profile: { real_name: 'Paula Reis', email: 'paula@coro.example', phone: '+5511900000000' },
    },
    event_ts: at,
  })),
  {
    event: 'slash_command',
    headers: () => FORM,
    payload: (fresh) => ({
      team_id: TEAM,
      team_domain: 'hookcast-choir',
      channel_id: 'C0CHOIR',
      channel_name: 'choir',
      user_id: 'U0PAULA',
      user_name: 'paula',
      command: '/cancel',
      text: 'rehearsal',
      api_app_id: 'A0HOOKCAST',
      is_enterprise_install: 'false',
      trigger_id: triggerOf(fresh),
    }),
  },
  {
    event: 'block_actions',
    headers: () => FORM,
    payload: (fresh) => ({
      type: 'block_actions',
      api_app_id: 'A0HOOKCAST',
      trigger_id: triggerOf(fresh),
      team: { id: TEAM, domain: 'hookcast-choir' },
      user: { id: 'U0PAULA', username: 'paula', name: 'paula', team_id: TEAM },
      channel: { id: 'C0CHOIR', name: 'choir' },
      container: { type: 'message', message_ts: '1775200000.000100', channel_id: 'C0CHOIR', is_ephemeral: false },
      actions: [
        { type: 'button', action_id: 'cancel', block_id: 'b1', value: 'rehearsal', action_ts: '1775200000.000200' },
      ],
    }),
  },
];

function event(type: string, inner: (at: string) => Payload): Sample {
  return {
    event: type,
    payload: (fresh) => {
      const seconds = Math.floor((fresh?.at.getTime() ?? 1_775_200_000_000) / 1000);
      return {
        team_id: TEAM,
        api_app_id: 'A0HOOKCAST',
        event: { type, ...inner(`${seconds}.000100`) },
        type: 'event_callback',
        event_id: fresh === undefined ? 'Ev0HOOKCAST' : `Ev-${fresh.id}`,
        event_time: seconds,
        authorizations: [{ enterprise_id: null, team_id: TEAM, user_id: 'U0HOOKCAST', is_bot: true }],
      };
    },
  };
}

function triggerOf(fresh: Fresh | undefined): string {
  return `13345224609.738474920.${fresh?.id ?? 'sample-of-hookcast'}`;
}
