import { createHmac } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { HookcastError } from '../../src/errors.ts';
import { slack } from '../../src/providers/slack/slack.ts';
import { serveProvider } from '../support/serve-provider.ts';

const SECRET = 'a signing secret of the suite';
const provider = slack({ secrets: [SECRET] });
const AT = 1_775_200_000;

const headersOf = (body: string, at: number, secret = SECRET) => ({
  'x-slack-request-timestamp': String(at),
  'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`,
});
const formOf = (payload: object) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

async function normalise(body: string) {
  const arrived = { headers: headersOf(body, AT), body: Buffer.from(body), receivedAt: AT * 1000 };
  const verified = await provider.verify(arrived);
  return provider.normalise(verified, { source: 'chat', receivedAt: AT * 1000 });
}

it('IN2.9 takes the command that Slack’s page on signatures signs, with its secret', async () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V' +
    '&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=' +
    '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
    '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  const theirs = slack({ secrets: ['8f742231b10e8888abcd99yyyzzz85a5'] });
  const headers = {
    'x-slack-request-timestamp': '1531420618',
    'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  };
  const arrived = { headers, body: Buffer.from(body), receivedAt: 1_531_420_618_000 };
  const verified = await theirs.verify(arrived);
  const normalised = theirs.normalise(verified, { source: 'chat', receivedAt: arrived.receivedAt });
  expect(normalised).toMatchObject({
    event: {
      type: 'slash_command',
      eventId: '398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
      tenant: 'slack:T1DC2JH3J',
      subject: 'channel/G8PSS9T3V',
    },
  });
  // With these an attacker could answer in the channel, or pass for an older Slack.
  expect(verified.text).not.toMatch(/96rGlfmibIGlgcZRskXaIFfN|xyzz0WbapA4vBCDEFasx0q6G/);
});

it('IN2.6 takes no delivery of Slack from more than five minutes ahead, as its page says; its library takes any', async () => {
  const body = JSON.stringify({ type: 'event_callback', event_id: 'Ev1', event: { type: 'message' } });
  const at = (receivedAt: number) => () =>
    provider.verify({ headers: headersOf(body, AT), body: Buffer.from(body), receivedAt });
  expect(at((AT + 300) * 1000)()).toBeDefined();
  expect(at((AT - 300) * 1000)()).toBeDefined();
  expect(at((AT + 301) * 1000)).toThrow(HookcastError);
  expect(at((AT - 301) * 1000)).toThrow(HookcastError);
});

it('IN6.3 names events of Slack by their inner type, and reads a clicked action from its form', async () => {
  const inner = { type: 'reaction_added', user: 'U1', item_user: 'U2', item: { type: 'message', channel: 'C1' } };
  const outer = { type: 'event_callback', team_id: 'T1', event_id: 'Ev1', event_time: AT, event: inner };
  expect(await normalise(JSON.stringify(outer))).toMatchObject({
    event: {
      type: 'reaction_added',
      eventId: 'Ev1',
      tenant: 'slack:T1',
      subject: 'channel/C1',
      shape: 'OtherEvent',
      occurredAt: { at: AT * 1000 },
    },
  });
  const clicked = {
    type: 'block_actions',
    trigger_id: '1.2.3',
    team: { id: 'T1' },
    channel: { id: 'C1' },
    response_url: 'https://hooks.slack.com/actions/sesame-0001',
  };
  expect(await normalise(formOf(clicked))).toMatchObject({
    event: { type: 'block_actions', eventId: '1.2.3', tenant: 'slack:T1', subject: 'channel/C1' },
  });
  expect(JSON.stringify(await normalise(formOf(clicked)))).not.toContain('sesame-0001');
  // Of an organisation, and not of one workspace of it.
  const whole = { type: 'view_submission', team: null, enterprise: { id: 'E1' }, trigger_id: '1.2.4' };
  expect(await normalise(formOf(whole))).toMatchObject({ event: { tenant: 'slack:E1' } });
});

it('PRIV1.3 finds the people of an event of Slack by their ids and addresses', async () => {
  const { peopleIn } = await import('../../src/providers/slack/people.ts');
  const profile = { real_name: 'Paula Reis', email: 'paula@coro.example', phone: '+5511900000000' };
  const joined = { event: { type: 'team_join', user: { id: 'U1', name: 'paula', profile } } };
  const paula = { name: 'Paula Reis', email: 'paula@coro.example', phone: '+5511900000000', externalId: 'U1' };
  expect(peopleIn(joined)).toEqual([paula]);
  const nobody = { name: null, email: null, phone: null };
  const edited = { event: { type: 'message', message: { user: 'U1' }, previous_message: { user: 'U2' } } };
  expect(peopleIn(edited)).toEqual([
    { ...nobody, externalId: 'U1' },
    { ...nobody, externalId: 'U2' },
  ]);
  expect(peopleIn({ command: '/x', user_id: 'U1', user_name: 'paula' })).toEqual([
    { ...nobody, name: 'paula', externalId: 'U1' },
  ]);
});

it('IN11.7 answers Slack with an empty 200, since Slack would show a body to its user, and its questions as it wants', async () => {
  const { url, log, end } = await serveProvider(provider);
  onTestFinished(end);
  const post = async (
    body: string,
    headers: Record<string, string> = headersOf(body, Math.floor(Date.now() / 1000)),
  ) => {
    const answer = await fetch(url, { method: 'POST', headers, body });
    return [answer.status, await answer.text()];
  };
  const question = JSON.stringify({
    type: 'url_verification',
    token: 't',
    challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P',
  });
  const forged = headersOf(question, Math.floor(Date.now() / 1000), 'another signing secret');
  expect(await post(question)).toEqual([200, '{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}']);
  expect(await post(question, forged)).toEqual([401, '']);
  // This one is not signed.
  expect(await post('ssl_check=1&token=t', {})).toEqual([200, '']);
  expect(await post('ssl_check=0&token=t', {})).toEqual([401, '']);
  expect(await post('command=%2Fcancel&team_id=T1&trigger_id=1.2.3')).toEqual([200, '']);
  const { events } = await log.read({ direction: 'forward', limit: 10, filter: {} });
  expect(events.map(({ type }) => type)).toEqual(['slash_command']);
});
