import type { TadaDocumentNode } from 'gql.tada';
import { useCallback, useEffect, useReducer, useState } from 'react';
import { identityOf } from './claims.ts';
import { useGateway, useSession } from './gateway.tsx';
import { type GatewayError, request, toGatewayError } from './request.ts';
import { useRetry } from './retry.ts';

export interface Asked<R> {
  /** The newest answer to the present question. */
  readonly data: R | null;
  readonly error: GatewayError | null;
  readonly loading: boolean;
  readonly again: () => void;
}

interface Answered<R> {
  /** Identifies the question and who asks it. */
  readonly key: string;
  readonly data: R | null;
  readonly error: GatewayError | null;
  readonly loading: boolean;
}

/**
 * Runs a query. It runs again if the content of the variables or the identity changes, or if `again` is called. A new token with the same
 * tenants and scopes changes nothing.
 */
export function useQuery<R, V>(document: TadaDocumentNode<R, V>, variables: V): Asked<R> {
  const { session } = useGateway();
  const { signedIn } = useSession();
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
  const now = answered?.key === key ? answered : { data: null, error: null, loading: true };
  useRetry(now.error, again);
  return { ...now, again };
}

/** Returns a function that runs a mutation or a single query. @throws {GatewayError}. */
export function useRequest(): <R, V>(document: TadaDocumentNode<R, V>, variables: V) => Promise<R> {
  const { session } = useGateway();
  return useCallback((document, variables) => request(session, document, variables), [session]);
}
