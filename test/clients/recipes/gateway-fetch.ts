import { failWhenSilent } from 'hookcast/silence';

/** A `fetch` for queries: it sends the token of the moment, and asks again while the gateway is away. */
export function gatewayFetch(token: () => Promise<string>): typeof fetch {
  const ask = failWhenSilent();
  return async (input, init) => {
    for (;;) {
      const headers = new Headers(init?.headers);
      headers.set('authorization', `Bearer ${await token()}`);
      try {
        const response = await ask(input, { ...init, headers });
        if (![502, 503, 504].includes(response.status)) return response;
      } catch (error) {
        if (init?.signal?.aborted) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000 + Math.random() * 2_000));
    }
  };
}
