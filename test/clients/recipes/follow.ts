import { createClient } from 'graphql-ws';
import { follow } from 'hookcast/client';
import { FOLLOW, type Message } from './documents.ts';

/** The stock client with `follow`. Returns how to stop. */
export function followCancellations(
  url: string,
  token: { get(): Promise<string>; forget(): void },
  after: string | null,
  onMessage: (message: Message) => void,
  onError: (error: unknown) => void,
): () => void {
  const client = createClient({
    url,
    connectionParams: async () => ({ authorization: `Bearer ${await token.get()}` }),
    retryAttempts: 0, // follow does that
  });
  const following = follow<Message>(client, {
    query: FOLLOW,
    after,
    onMessage,
    onGap: (gap) => onMessage({ __typename: 'Gap', cursor: gap.cursor }),
    onTokenExpired: () => token.forget(),
  });
  following.ended.catch(onError);
  return () => following.stop();
}
