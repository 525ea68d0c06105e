import { z } from 'zod';
import { memberPath, standardSecrets } from '../../setting-lists.ts';
import { atLeastOne, shippedSource } from '../shipped-source.ts';

/** The source has no accounts: nothing in a body of Standard Webhooks says whose it is. */
export const standardWebhooksSource = shippedSource({
  name: 'standard-webhooks',
  settings: {
    STANDARD_WEBHOOKS_SECRETS: standardSecrets,
    STANDARD_WEBHOOKS_SECRET_ENCODING: z.enum(['base64', 'utf8'], { error: 'expected base64 or utf8' }),
    STANDARD_WEBHOOKS_TYPE_AT: memberPath,
    STANDARD_WEBHOOKS_TIME_AT: memberPath,
    STANDARD_WEBHOOKS_DEFAULT_TYPE: z.string().trim().max(256, { error: 'expected 256 characters at most' }),
  },
  needs: 'STANDARD_WEBHOOKS_SECRETS',
  read: (settings) => ({
    secrets: atLeastOne(settings.STANDARD_WEBHOOKS_SECRETS),
    secretEncoding: settings.STANDARD_WEBHOOKS_SECRET_ENCODING,
    typeAt: settings.STANDARD_WEBHOOKS_TYPE_AT,
    timeAt: settings.STANDARD_WEBHOOKS_TIME_AT,
    defaultType: settings.STANDARD_WEBHOOKS_DEFAULT_TYPE,
  }),
  make: async (options) => (await import('./standard-webhooks.ts')).standardWebhooks(options),
  prefix: 'STANDARD_WEBHOOKS_',
});
