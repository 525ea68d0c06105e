import { mayPass } from 'hookcast/client';
import { FOLLOW, type Followed, type Message } from './documents.ts';

/** No client library: a stream of lines, and the id of its last event as `Last-Event-ID`. Ends with the signal. */
export async function followCancellations(
  url: string,
  token: () => Promise<string>,
  lastEventId: string | null,
  onMessage: (message: Message) => void,
  signal: AbortSignal,
): Promise<void> {
  const follow = async () => {
    const response = await fetch(url, {
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
    if (!response.ok) return (await response.json()) as Answer;
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const events = (text + chunk).split('\n\n');
      text = events.pop()!; // not complete yet
      for (const event of events) {
        const [, id, json] = /^event: next\n(?:id: (.*)\n)?data: (.*)$/.exec(event) ?? [];
        if (!json) continue; // a sign of life, or the end
        const answer = JSON.parse(json) as Answer;
        if (!id) return answer;
        lastEventId = id;
        onMessage(answer.data!.cancellations);
      }
    }
    return {};
  };
  while (!signal.aborted) {
    // Whatever fails on the way may work the next time.
    const { errors } = await follow().catch((): Answer => ({}));
    if (errors && !mayPass(errors)) throw new Error(errors.map(({ message }) => message).join('; '));
    await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 1_000));
  }
}

interface Answer {
  readonly data?: Followed;
  readonly errors?: readonly { readonly message: string }[];
}
