import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const slackSource = shippedSource({
  name: 'slack',
  settings: { SLACK_SECRETS: list, SLACK_ACCOUNTS: accountsOf('slack') },
  needs: 'SLACK_SECRETS',
  accounts: 'SLACK_ACCOUNTS',
  read: ({ SLACK_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./slack.ts')).slack(options),
});
