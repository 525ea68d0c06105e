import { createClient } from 'graphql-ws';
import { HookcastProvider, useCancellations } from 'hookcast/react';

/** The newest fifty cancellations, live. */
function Cancellations() {
  const { rows, status, left, waiting, isPaused, pause, resume } = useCancellations({ keep: 50 });
  return (
    <section>
      <p role="status">{status === 'catchingUp' && left !== null ? `${left} to come` : status}</p>
      <button onClick={isPaused ? resume : pause}>{isPaused ? `Show ${waiting} new` : 'Pause'}</button>
      <ol>
        {rows.map(({ node }) => (
          <li key={node.id}>{`${node.title}: ${node.customer?.name ?? 'somebody'}`}</li>
        ))}
      </ol>
    </section>
  );
}

export function App({ url, token }: { readonly url: string; readonly token: () => Promise<string> }) {
  const connect = () =>
    createClient({
      url,
      // Asked again for each connection: give it one that is good for a while.
      connectionParams: async () => ({ authorization: `Bearer ${await token()}` }),
      retryAttempts: 0, // the lists do that
      lazyCloseTimeout: 1_000, // so that another list, or another filter, finds it open
    });
  return (
    <HookcastProvider client={connect}>
      <Cancellations />
    </HookcastProvider>
  );
}
