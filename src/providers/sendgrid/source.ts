import { keyTexts } from '../../setting-lists.ts';
import { atLeastOne, shippedSource } from '../shipped-source.ts';

/** The source has no accounts: no event says whose it is. */
export const sendgridSource = shippedSource({
  name: 'sendgrid',
  settings: { SENDGRID_PUBLIC_KEYS: keyTexts },
  needs: 'SENDGRID_PUBLIC_KEYS',
  read: ({ SENDGRID_PUBLIC_KEYS: publicKeys }) => ({ publicKeys: atLeastOne(publicKeys) }),
  make: async (options) => (await import('./sendgrid.ts')).sendgrid(options),
});
