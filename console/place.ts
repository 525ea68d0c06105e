import type { Store } from './storage.ts';

/** The page that somebody left for the identity provider, in this tab. The provider leads back to the first page of the console. */
const KEPT_AS = 'hookcast.place';

interface Address {
  readonly pathname: string;
  readonly search: string;
}

export function rememberPlace(store: Store, { pathname, search }: Address): void {
  store.setItem(KEPT_AS, pathname + search);
}

/** The page to continue on. It is returned only once, and only on the first page of the console. */
export function takePlace(store: Store, { pathname }: Address): string | null {
  const place = store.getItem(KEPT_AS);
  store.removeItem(KEPT_AS);
  return place?.startsWith('/console/') && /^\/console\/?$/.test(pathname) ? place : null;
}
