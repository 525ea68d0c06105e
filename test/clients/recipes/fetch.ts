import { mayPass } from 'hookcast/client';
import { failWhenSilent } from 'hookcast/silence';
import { FOLLOW, type Followed, type Message } from './documents.ts';

/** No client library: a stream of lines, and the id of its last event as `Last-Event-ID`. Ends with the signal. */
export async function followCancellations(
  url: string,
  token: () => Promise<string>,
  lastEventId: string | null,
  onMessage: (message: Message) => void,
  signal: AbortSignal,
): Promise<void> {
  const ask = async () =>
    failWhenSilent()(url, {
      method: 'POST',
      signal,
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${await token()}`,
        ...(lastEventId && { 'last-event-id': lastEventId }),
      },
      body: JSON.stringify({ query: FOLLOW }),
    });
  const follow = async (response: Response): Promise<Answer> => {
    if (!response.ok) return response.json().catch(() => ({})); // a proxy's own page
    if (!response.body) throw new Error("This fetch can't stream (React Native's can't). Take the WebSocket.");
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    try {
      for (;;) {
        const { done, value } = await reader.read().catch(() => LOST);
        if (done) return {};
        const events = (text + decoder.decode(value, { stream: true })).split('\n\n');
        text = events.pop()!; // not complete yet
        for (const event of events) {
          const { id, data } = fieldsOf(event);
          if (!data) continue; // the end
          const answer = JSON.parse(data) as Answer;
          if (!id || !answer.data) return answer;
          lastEventId = id;
          onMessage(answer.data.cancellations);
        }
      }
    } finally {
      reader.cancel().catch(() => {}); // or the stream stays open
    }
  };
  while (!signal.aborted) {
    const response = await ask().catch(() => null); // what fails on the way may work the next time
    const { errors } = response ? await follow(response) : ({} as Answer);
    if (errors && !mayPass(errors)) throw new Error(errors.map(({ message }) => message).join('; '));
    await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 1_000));
  }
}

const LOST = { done: true, value: undefined } as const;

/** The fields of an event, in any order. A sign of life is a field without a name. */
function fieldsOf(event: string): { readonly id?: string; readonly data?: string } {
  return Object.fromEntries(event.split('\n').map((line) => line.split(/: ?(.*)/s, 2)));
}

interface Answer {
  readonly data?: Followed;
  readonly errors?: readonly { readonly message: string }[];
}
