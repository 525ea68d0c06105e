import { type ShallowRef, onScopeDispose, shallowRef } from '@vue/reactivity'; // or from 'vue', which hands them on
import type { Client } from 'graphql-ws';
import { createEventList } from 'hookcast/list';

/** The fields of the fragment. With gql.tada or GraphQL Code Generator, give `row` the document, and the type is known. */
interface Shown {
  readonly title: string | null;
}

/** `const { view, pause, resume } = useCancellations(client)` in a component's setup: `view.value.rows` is the list. */
export function useCancellations(client: Client) {
  const list = createEventList<Shown>({ of: 'cancellations', row: 'fragment Row on Cancellation { title }' });
  const view: ShallowRef<ReturnType<typeof list.getView>> = shallowRef(list.getView());
  const forget = list.subscribe(() => (view.value = list.getView()));
  const stop = list.begin(client);
  onScopeDispose(() => {
    stop();
    forget();
  });
  return { ...list, view };
}
