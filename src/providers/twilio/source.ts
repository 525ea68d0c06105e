import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const twilioSource = shippedSource({
  name: 'twilio',
  settings: { TWILIO_SECRETS: list, TWILIO_ACCOUNTS: accountsOf('twilio') },
  needs: 'TWILIO_SECRETS',
  accounts: 'TWILIO_ACCOUNTS',
  read: ({ TWILIO_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./twilio.ts')).twilio(options),
});
