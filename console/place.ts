import type { Store } from './storage.ts';

/** Where somebody was who left for the identity provider, in this tab: which is led back to the beginning of the console. */
const KEPT_AS = 'hookcast.place';

interface Address {
  readonly pathname: string;
  readonly search: string;
}

export function rememberPlace(store: Store, { pathname, search }: Address): void {
  store.setItem(KEPT_AS, pathname + search);
}

/** Where to go on: once, and only from the beginning of the console. */
export function takePlace(store: Store, { pathname }: Address): string | null {
  const place = store.getItem(KEPT_AS);
  store.removeItem(KEPT_AS);
  return place?.startsWith('/console/') && /^\/console\/?$/.test(pathname) ? place : null;
}
