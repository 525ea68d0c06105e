import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const githubSource = shippedSource({
  name: 'github',
  settings: { GITHUB_SECRETS: list, GITHUB_ACCOUNTS: accountsOf('github') },
  needs: 'GITHUB_SECRETS',
  accounts: 'GITHUB_ACCOUNTS',
  read: ({ GITHUB_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./github.ts')).github(options),
});
