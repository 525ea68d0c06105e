import type { Client } from 'graphql-ws';
import { createEventList } from 'hookcast/list';
import { readable } from 'svelte/store';

/** The fields of the fragment. With gql.tada or GraphQL Code Generator, give `row` the document, and the type is known. */
interface Shown {
  readonly title: string | null;
}

/** `$cancellations.rows` is the list, which follows for as long as somebody looks at it. */
export function cancellationsOf(client: Client) {
  const list = createEventList<Shown>({ of: 'cancellations', row: 'fragment Row on Cancellation { title }' });
  const store = readable(list.getView(), (set) => {
    const forget = list.subscribe(() => set(list.getView()));
    const stop = list.begin(client);
    return () => {
      stop();
      forget();
    };
  });
  const { pause, resume, older, reload } = list;
  return { ...store, pause, resume, older, reload };
}
