import { ApolloLink, HttpLink, ServerError } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { RetryLink } from '@apollo/client/link/retry';
import { failWhenSilent } from 'hookcast/silence';
import { tap } from 'rxjs';
import type { Followed } from './documents.ts';

/** Subscriptions over Apollo's own HttpLink, `https://…/graphql`, each as a multipart answer of its own. */
export function multipartLink(url: string, token: () => Promise<string>): ApolloLink {
  const retry = new RetryLink({
    attempts: { max: Infinity, retryIf: (error) => !ServerError.is(error) || MAY_PASS.includes(error.statusCode) },
    // It counts all tries of a subscription, also those of yesterday, so that pauses of its own would only grow.
    delay: () => 1_000 + Math.random() * 2_000,
  });
  const resume = new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      tap(({ data }) => {
        const message = (data as Followed | null | undefined)?.cancellations;
        // The retry link sends the same operation again.
        if (message) operation.variables = { ...operation.variables, after: message.cursor };
      }),
    ),
  );
  const authorize = new SetContextLink(async ({ headers }) => ({
    headers: { ...headers, authorization: `Bearer ${await token()}` },
  }));
  return ApolloLink.from([retry, resume, authorize, new HttpLink({ uri: url, fetch: failWhenSilent() })]);
}

/** 401 says that the token has expired. A refusal for good is no error to the retry link, but a result with errors. */
const MAY_PASS = [401, 429, 500, 502, 503, 504];
