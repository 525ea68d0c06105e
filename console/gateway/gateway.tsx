import type { TadaDocumentNode } from 'gql.tada';
import type { Client } from 'graphql-ws';
import {
  type ReactNode,
  createContext,
  use,
  useCallback,
  useEffect,
  useReducer,
  useState,
  useSyncExternalStore,
} from 'react';
import { identityOf } from './claims.ts';
import type { LinkState, Links } from './links.ts';
import { GatewayError, TOKEN_AT_FAULT, request } from './request.ts';
import type { Session, SessionState } from './session.ts';

/** The gateway as the pages know it: who is signed in, and the one socket. */
export interface Gateway {
  readonly session: Session;
  readonly client: Client;
  readonly links: Links;
}

const Context = createContext<Gateway | null>(null);

export function GatewayProvider({ gateway, children }: { readonly gateway: Gateway; readonly children: ReactNode }) {
  return <Context value={gateway}>{children}</Context>;
}

export function useGateway(): Gateway {
  const gateway = use(Context);
  if (!gateway) throw new Error('no gateway around this part of the page');
  return gateway;
}

export function useSession(): SessionState {
  const { session } = useGateway();
  return useSyncExternalStore(session.subscribe, () => session.state);
}

export function useLinks(): LinkState {
  const { links } = useGateway();
  return useSyncExternalStore(links.subscribe, () => links.state);
}

export interface Asked<R> {
  /** The newest answer to just this. */
  readonly data: R | null;
  readonly error: GatewayError | null;
  readonly loading: boolean;
  readonly again: () => void;
}

/** Failures that pass by themselves, and how long until it is tried again, in milliseconds. */
export const PASSING = [
  'UNREACHABLE',
  'LOG_UNAVAILABLE',
  'KEYS_UNAVAILABLE',
  'OVERLOADED',
  'TOO_MANY_REQUESTS',
  ...TOKEN_AT_FAULT,
];
export const AGAIN = 3_000;

interface Answered<R> {
  /** What was asked, and by whom. */
  readonly key: string;
  readonly data: R | null;
  readonly error: GatewayError | null;
  readonly loading: boolean;
}

/**
 * Asks a query, anew when the variables (compared by what they say), who asks, or `again` say so. A new token of the same
 * tenants and scopes is no reason to.
 */
export function useQuery<R, V>(document: TadaDocumentNode<R, V>, variables: V): Asked<R> {
  const { session } = useGateway();
  const { signedIn, stale } = useSession();
  const asked = JSON.stringify(variables);
  const who = signedIn ? identityOf(signedIn.claims) : '';
  const key = `${who} ${asked}`;
  const [round, again] = useReducer((rounds: number) => rounds + 1, 0);
  const [answered, setAnswered] = useState<Answered<R> | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    setAnswered((last) => (last?.key === key ? { ...last, loading: true } : last));
    request(session, document, JSON.parse(asked) as V, abort.signal).then(
      (data) => setAnswered({ key, data, error: null, loading: false }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setAnswered((last) => ({
          key,
          data: last?.key === key ? last.data : null,
          error: toGatewayError(error),
          loading: false,
        }));
      },
    );
    return () => abort.abort();
  }, [session, document, asked, key, round]);
  const failed = answered?.key === key ? answered.error : null;
  useEffect(() => {
    if (stale || !failed || !PASSING.includes(failed.code)) return;
    // With a new token there is nothing to wait for.
    const timer = setTimeout(again, TOKEN_AT_FAULT.includes(failed.code) ? 0 : AGAIN);
    return () => clearTimeout(timer);
  }, [failed, stale]);
  return answered?.key === key ? { ...answered, again } : { data: null, error: null, loading: true, again };
}

/** A way to run a mutation, or a query now and then. @throws {GatewayError}. */
export function useRequest(): <R, V>(document: TadaDocumentNode<R, V>, variables: V) => Promise<R> {
  const { session } = useGateway();
  return useCallback((document, variables) => request(session, document, variables), [session]);
}

export function toGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError('INTERNAL', String(error));
}
