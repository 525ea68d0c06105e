import type { z } from 'zod';
import { list } from '../setting-lists.ts';
import type { Provider } from './provider.ts';

type Shape = Readonly<Record<string, z.ZodType>>;
type Read<S extends Shape> = { readonly [K in keyof S]: z.output<S[K]> | undefined };
type Options = Readonly<Record<string, unknown>>;

/** The description of a shipped provider: how settings make a source of it. */
interface Description<S extends Shape, O> {
  /** The provider's name, and that of the source. */
  readonly name: string;
  /** Each is documented in README.md and `.env.example`. */
  readonly settings: S;
  /** The setting that is required to check deliveries: secrets, tokens or keys. */
  readonly needs: keyof S & string;
  /**
   * The setting with the accounts whose events are accepted. It is left out if no body names its account, or if the provider
   * itself checks it.
   */
  readonly accounts?: keyof S & string;
  /** The setting with the key of the API, for reconciliation. It is left out if there is none. */
  readonly api?: keyof S & string;
  /** Whether `accounts` must be set, since the sender signs the deliveries of all its customers with one key. */
  readonly needsAccounts?: boolean;
  /** Makes the options of `make` from the settings. */
  readonly read: (settings: Read<S>) => O;
  /** Loads the provider's code, and makes the provider. A gateway without such a source does not load it. */
  readonly make: (options: O) => Promise<Provider>;
  /** Whether it is a source even if nothing is set. */
  readonly isDefault?: boolean;
  /** The prefix of its variables. Any variable with this prefix that is no setting is misspelled. */
  readonly prefix?: string;
}

/** A shipped provider, in the form that the settings and `hookcast send` use. */
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
  // The arguments of `read` and `make` come from these settings.
  const { read, make } = description as unknown as Pick<ShippedSource, 'read' | 'make'>;
  const { name, settings, needs } = description;
  return { name, settings, needs, accounts, api, needsAccounts, read, make, isDefault, prefix };
}

/** Accounts of a provider, each without the provider's name that a tenant has before it. */
export function accountsOf(provider: string) {
  return list.refine((accounts) => !accounts.some((account) => account.startsWith(`${provider}:`)), {
    error: `expected accounts without "${provider}:" before them`,
  });
}

/** The values as a list. A source has at least one value. */
export function atLeastOne<T>(values: readonly T[] | undefined): readonly [T, ...T[]] {
  return (values ?? []) as unknown as readonly [T, ...T[]];
}
