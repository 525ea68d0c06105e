import type { z } from 'zod';
import { list } from '../setting-lists.ts';
import type { Provider } from './provider.ts';

type Shape = Readonly<Record<string, z.ZodType>>;
type Read<S extends Shape> = { readonly [K in keyof S]: z.output<S[K]> | undefined };
type Options = Readonly<Record<string, unknown>>;

/** What a provider's folder says of itself: how the settings make a source of it. */
interface Description<S extends Shape, O> {
  /** The provider's name, and that of the source. */
  readonly name: string;
  /** Each is documented in README.md and `.env.example`. */
  readonly settings: S;
  /** The one without which nothing can be checked: its secrets, tokens or keys. */
  readonly needs: keyof S & string;
  /** The one with the accounts whose events are taken. Left out where no body says whose it is, or the provider sees to it. */
  readonly accounts?: keyof S & string;
  /** The one with the key of its API, with which it is reconciled. Left out where it has none. */
  readonly api?: keyof S & string;
  /** Whether it must be set, since the sender signs for all of its customers with one key. */
  readonly needsAccounts?: boolean;
  /** What the provider is made of. */
  readonly read: (settings: Read<S>) => O;
  /** Loads the provider's own code: who has no such source doesn't wait for it at the start. */
  readonly make: (options: O) => Promise<Provider>;
  /** Whether it is a source also where nothing is set. */
  readonly isDefault?: boolean;
  /** What nobody else's variables begin with: any that does and is no setting is misspelt. */
  readonly prefix?: string;
}

/** A provider that ships, as the settings and `hookcast send` know it. */
export interface ShippedSource {
  readonly name: string;
  readonly settings: Shape;
  readonly needs: string;
  readonly accounts: string | null;
  readonly api: string | null;
  readonly needsAccounts: boolean;
  readonly read: (settings: Options) => Options;
  readonly make: (options: Options) => Promise<Provider>;
  readonly isDefault: boolean;
  readonly prefix: string | null;
}

export function shippedSource<const S extends Shape, O extends object>(description: Description<S, O>): ShippedSource {
  const { accounts = null, api = null, needsAccounts = false, isDefault = false, prefix = null } = description;
  // What `read` and `make` are given was read with these settings.
  const { read, make } = description as unknown as Pick<ShippedSource, 'read' | 'make'>;
  const { name, settings, needs } = description;
  return { name, settings, needs, accounts, api, needsAccounts, read, make, isDefault, prefix };
}

/** Accounts of a provider, each as it stands in a tenant behind the provider's name. */
export function accountsOf(provider: string) {
  return list.refine((accounts) => !accounts.some((account) => account.startsWith(`${provider}:`)), {
    error: `expected accounts without "${provider}:" before them`,
  });
}

/** As a list. A source has at least one. */
export function atLeastOne<T>(values: readonly T[] | undefined): readonly [T, ...T[]] {
  return (values ?? []) as unknown as readonly [T, ...T[]];
}
