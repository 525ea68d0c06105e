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
  /** The installations to listen to; all of them when there is no list. They are the accounts of this source. */
  readonly instanceIds?: Iterable<string> | null;
  /** The app's id: required as the token's audience when it is given. Wix's webhooks are not known to carry one. */
  readonly appId?: string | null;
  /** The private key to the first public one, for trying things out: Wix keeps the real one. */
  readonly signingKey?: KeyObject | null;
}

/**
 * Wix, and of it Wix Bookings by heart.
 *
 * @throws {Error} when a public key can't be used, or there is none.
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
  // One key of Wix's own signs for every installation of the app, so no site's owner can sign for another's.
  return ofAccounts(provider, instanceIds ?? [EVERY]);
}
