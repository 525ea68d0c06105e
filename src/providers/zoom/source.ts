import { list } from '../../setting-lists.ts';
import { accountsOf, atLeastOne, shippedSource } from '../shipped-source.ts';

export const zoomSource = shippedSource({
  name: 'zoom',
  settings: { ZOOM_SECRETS: list, ZOOM_ACCOUNTS: accountsOf('zoom') },
  needs: 'ZOOM_SECRETS',
  accounts: 'ZOOM_ACCOUNTS',
  read: ({ ZOOM_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./zoom.ts')).zoom(options),
});
