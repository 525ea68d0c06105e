import { UNKNOWN_ACCOUNT } from './about.ts';
import type { Normalised, Provider, Verified } from './provider.ts';

/** Stands for every account, as it stands for every tenant in a token. */
export const EVERY = '*';

/**
 * Limits a provider to events of these accounts. The payload says which account an event belongs to, and anybody who knows a
 * source's secret can sign any payload. So with two sources of one provider, each sender could forge events of the other's
 * account.
 *
 * An event that names no account is accepted as well. It belongs to nobody else, and if a provider changed the place of the
 * account, all of its events would be lost otherwise.
 */
export function ofAccounts(provider: Provider, accounts: Iterable<string>): Provider {
  const {
    name,
    samples,
    prepare,
    largestBody,
    types,
    challenges,
    respond,
    reconcile,
    needsUrl,
    bringsUnder,
    unsigned,
    pathSecret,
  } = provider;
  const taken = new Set(accounts);
  const takes = (tenant: string, source: string) => {
    if (!tenant.startsWith(`${name}:`)) return false;
    const account = tenant.slice(name.length + 1);
    return account === source || account === UNKNOWN_ACCOUNT || taken.has(EVERY) || taken.has(account);
  };
  // The members are copied by name: a user's own provider may be an object of a class, whose methods a spread would miss.
  return {
    name,
    samples,
    accounts: taken,
    verify: (delivery) => provider.verify(delivery),
    normalise(verified, place) {
      const normalised = provider.normalise(verified, place);
      const tenant = tenantOf(name, normalised);
      if (tenant === null || takes(tenant, place.source)) return normalised;
      return { outcome: 'ignored', reason: 'it belongs to an account that this source does not accept', tenant };
    },
    expectedFields: (type) => provider.expectedFields(type),
    ...(largestBody !== undefined && { largestBody }),
    ...(types && { types }),
    ...(provider.parts && { parts: (verified: Verified) => provider.parts!(verified) }),
    ...(challenges && { challenges }),
    ...(respond && { respond }),
    ...(reconcile && { reconcile }),
    ...(needsUrl && { needsUrl }),
    ...(unsigned !== undefined && { unsigned }),
    ...(pathSecret && { pathSecret }),
    ...(bringsUnder && { bringsUnder }),
    ...(provider.schemaOf && { schemaOf: (type: string) => provider.schemaOf!(type) }),
    ...(prepare && { prepare: () => provider.prepare!() }),
    sign: provider.sign && ((...asked) => provider.sign!(...asked)),
  };
}

/** Null if there is no tenant, or if it is unknown. */
function tenantOf(provider: string, normalised: Normalised): string | null {
  if (normalised.outcome === 'event') return normalised.event.tenant;
  if (normalised.outcome !== 'unfit') return null;
  const { account = null } = normalised;
  return account === null ? null : `${provider}:${account}`;
}

/** Warnings about sources whose senders can sign events of each other's accounts. */
export function withoutAccounts(sources: ReadonlyMap<string, Provider>): string[] {
  const byProvider = Map.groupBy(sources, ([, { name }]) => name);
  return [...byProvider].flatMap(([provider, several]) => {
    const open = several.filter(([, { accounts }]) => accounts === undefined);
    if (several.length === 1 || open.length === 0) return [];
    return [
      `${namesOf(several)} are sources of ${provider}, and these accept events of any account: ${namesOf(open)}. The ` +
        `secret of one could sign events of another's account. In hookcast.config.ts, write { provider: …, accounts: ['…'] } ` +
        `for each, with accounts: ['*'] if a source may have any account.`,
    ];
  });
}

function namesOf(sources: readonly (readonly [string, Provider])[]): string {
  return sources.map(([name]) => `"${name}"`).join(', ');
}
