import type { Sample } from '../sample.ts';

type Payload = Record<string, unknown>;

export const sendgridSamples: readonly Sample[] = [
  sample('delivered', { response: '250 OK', tls: 1 }),
  sample('bounce', {
    type: 'bounce',
    status: '5.1.1',
    reason: '550 5.1.1 The account paula@coro.example does not exist',
    bounce_classification: 'Invalid Address',
  }),
  sample('group_unsubscribe', {
    useragent: 'Mozilla/5.0 (X11; Linux x86_64)',
    ip: '192.0.2.7',
    asm_group_id: 10,
    url: 'https://coro.example/unsubscribe',
  }),
];

/** A sample in SendGrid's form: a list, in which another event of the same e-mail comes first. */
function sample(event: string, more: Payload): Sample {
  return {
    event,
    payload: (fresh) => {
      const timestamp = Math.floor((fresh?.at.getTime() ?? 1_775_200_000_000) / 1000);
      const id = fresh?.id ?? `sample-of-hookcast-${event}`;
      const one = (name: string, rest: Payload) => ({
        email: 'paula@coro.example',
        timestamp,
        'smtp-id': '<14c5d75ce93.dfd.64b469@hookcast.example>',
        event: name,
        category: ['rehearsals'],
        sg_event_id: `${id}-${name}`,
        sg_message_id: `${id}.filter0001.16648.5515E0B88.0`,
        choir: 'of Paula',
        ...rest,
      });
      return { body: [one('processed', {}), one(event, more)] };
    },
  };
}
