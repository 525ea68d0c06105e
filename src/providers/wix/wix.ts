import type { KeyObject } from 'node:crypto';
import { rsaPublicKey } from '../../public-key.ts';
import { EVERY, ofAccounts } from '../accounts.ts';
import { Checks } from '../checks.ts';
import { defineProvider } from '../define-provider.ts';
import type { Provider } from '../provider.ts';
import { checkList } from '../verify/secrets.ts';
import { INSIDE, introduce } from './about.ts';
import { bookingEvents } from './booking-events.ts';
import { wixSamples } from './samples.ts';
import { wixVerifier } from './verify.ts';

export interface WixSettings {
  /** The app's public keys, from its dashboard: PEM, or base64 of it. Several while one replaces another. */
  readonly publicKeys: readonly (KeyObject | string | undefined)[];
  /** The installations to accept, or null for all. They are the accounts of this source. */
  readonly instanceIds?: Iterable<string> | null;
  /** The app's id. If given, it is required as the token's audience. Wix's webhooks are not known to have one. */
  readonly appId?: string | null;
  /** The private key that belongs to the first public key, for samples. Wix keeps the real one. */
  readonly signingKey?: KeyObject | null;
}

/**
 * Wix, with types for the events of Wix Bookings.
 *
 * @throws {Error} if a public key can't be used, or there is none.
 */
export function wix(settings: WixSettings): Provider {
  const { publicKeys, instanceIds = null, appId = null, signingKey = null }: WixSettings = settings ?? {};
  const keys = checkList('wix', publicKeys, 'publicKeys').map((given, index) => {
    const key = given as KeyObject | string | undefined;
    if (!key || (typeof key === 'string' && key.trim() === '')) {
      throw new Error(`wix: publicKeys[${index}] is missing or empty`);
    }
    try {
      return rsaPublicKey(key);
    } catch (error) {
      const what = (error as Error).message;
      throw new Error(`wix: publicKeys[${index}] is ${what}; give the PEM, or base64 of it`, { cause: error });
    }
  });
  const checks = new Checks();
  const provider = defineProvider({
    name: 'wix',
    verify: wixVerifier(keys, appId, signingKey),
    about: (verified) => introduce(verified, (type) => Object.hasOwn(bookingEvents, type), checks),
    events: bookingEvents,
    bodyAt: INSIDE,
    samples: wixSamples,
  });
  // One key of Wix signs for every installation of the app, so the owner of a site can't sign for another site.
  return ofAccounts(provider, instanceIds ?? [EVERY]);
}
