import {
  type ReactElement,
  type ReactNode,
  createContext,
  createElement,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { type EventList, createEventList } from './event-list.ts';
import type { ListDocument, OwnOperations } from './list-documents.ts';
import type { ListClient, ListOptions, ListView } from './list-view.ts';

export interface UseListOptions<R> extends Pick<
  ListOptions<R>,
  'variables' | 'keep' | 'page' | 'patience' | 'onMessage'
> {
  /** A name by which the cursor is kept in `sessionStorage`, so that a page that is loaded again goes on from it. */
  readonly remember?: string;
}

/** A list's state and its functions. The functions stay the same in each render. */
export type UsedList<R> = ListView<R> & Pick<EventList<R>, 'pause' | 'resume' | 'older' | 'reload'>;

/** Gives the client, which is made when the first list begins. On a server, no list begins. */
const Client = createContext<(() => ListClient) | null>(null);

export interface HookcastProviderProps {
  /** The client of graphql-ws, or a function that makes it. All lists below share it, and so one socket. The first one given stays. */
  readonly client: ListClient | (() => ListClient);
  readonly children?: ReactNode;
}

export function HookcastProvider({ client, children }: HookcastProviderProps): ReactElement {
  const [value] = useState(() => {
    let made: ListClient | undefined;
    return () => (made ??= typeof client === 'function' ? client() : client);
  });
  return createElement(Client.Provider, { value }, children);
}

/** A list of events whose rows show what a fragment selects, such as `fragment Row on Event { type occurredAt }`. */
export function useEvents<R>(row: ListDocument<R> | OwnOperations<R>, options: UseListOptions<R> = {}): UsedList<R> {
  return useList('events', row, options);
}

/** A list of cancellations. Its rows are `CancellationRow`, unless a fragment says what they are. */
export function useCancellations<R = CancellationRow>({
  row = CANCELLATION,
  ...options
}: UseListOptions<R> & { readonly row?: ListDocument<R> | OwnOperations<R> } = {}): UsedList<R> {
  return useList('cancellations', row, options);
}

/** A row of a list of cancellations. Personal data is null if the token may not see it, or if it was erased. */
export interface CancellationRow {
  readonly kind: 'BOOKING' | 'ORDER' | 'SUBSCRIPTION' | 'TICKET';
  readonly title: string | null;
  readonly reference: string | null;
  readonly occurredAt: string;
  readonly refundExpected: boolean | null;
  readonly isScheduled: boolean;
  readonly personalData: 'AVAILABLE' | 'WITHHELD' | 'ERASED';
  readonly tenant: { readonly id: string; readonly name: string | null };
  readonly customer: { readonly name: string | null; readonly email: string | null } | null;
}

const CANCELLATION =
  'fragment Row on Cancellation{kind title reference occurredAt refundExpected isScheduled personalData tenant{id name}customer{name email}}';

function useList<R>(
  of: 'cancellations' | 'events',
  row: ListDocument<R> | OwnOperations<R>,
  { onMessage, remember, ...rest }: UseListOptions<R>,
): UsedList<R> {
  const client = useContext(Client);
  if (!client) throw new Error('A list needs a HookcastProvider around it.');
  // Components write a new function each time they render, which must not begin the list anew.
  const newest = useRef(onMessage);
  useEffect(() => void (newest.current = onMessage));
  // Options are compared by their text, for the same reason.
  const asked = JSON.stringify(rest);
  const list = useMemo(
    () =>
      createEventList<R>({
        ...(JSON.parse(asked) as typeof rest),
        of,
        row,
        onMessage: (message) => newest.current?.(message),
        ...(remember && { cursor: keptAs(`hookcast.${remember}`) }),
      }),
    [of, row, asked, remember],
  );
  useEffect(() => list.begin(client()), [list, client]);
  // On a server, and while a page is hydrated, the view is that of a list that has just begun.
  const view = useSyncExternalStore(list.subscribe, list.getView, list.getView);
  const { pause, resume, older, reload } = list;
  return { ...view, pause, resume, older, reload };
}

function keptAs(key: string): NonNullable<ListOptions<unknown>['cursor']> {
  return {
    read: () => attempt(() => sessionStorage.getItem(key)),
    write: (cursor) => attempt(() => sessionStorage.setItem(key, cursor)),
  };
}

/** The browser's user may have forbidden storage. Then the list begins with the newest page. */
function attempt<T>(what: () => T): T | null {
  try {
    return what();
  } catch {
    return null;
  }
}
