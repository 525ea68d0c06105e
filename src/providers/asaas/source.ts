import { list } from '../../setting-lists.ts';
import { atLeastOne, shippedSource } from '../shipped-source.ts';

export const asaasSource = shippedSource({
  name: 'asaas',
  settings: { ASAAS_TOKENS: list },
  needs: 'ASAAS_TOKENS',
  read: ({ ASAAS_TOKENS: tokens }) => ({ tokens: atLeastOne(tokens) }),
  make: async (options) => (await import('./asaas.ts')).asaas(options),
});
