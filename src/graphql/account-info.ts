import type { AccountInfo } from '../events/booking.ts';
import type { Builder } from './builder.ts';

/** `AccountInfo`: in which account and on which site of the provider's something happened. */
export function addAccountInfo(builder: Builder) {
  return builder.objectRef<AccountInfo>('AccountInfo').implement({
    description: 'An account of the provider’s, and the site in it.',
    fields: (t) => ({
      accountId: t.exposeID('accountId', { nullable: true }),
      parentAccountId: t.exposeID('parentAccountId', {
        nullable: true,
        description: 'The account of which this one is a part.',
      }),
      siteId: t.exposeID('siteId', { nullable: true }),
    }),
  });
}
