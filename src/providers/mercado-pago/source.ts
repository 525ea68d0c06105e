import { list } from '../../setting-lists.ts';
import { atLeastOne, shippedSource } from '../shipped-source.ts';

/** The source has no accounts: what a body says of its account is not signed. */
export const mercadoPagoSource = shippedSource({
  name: 'mercadopago',
  settings: { MERCADOPAGO_SECRETS: list },
  needs: 'MERCADOPAGO_SECRETS',
  read: ({ MERCADOPAGO_SECRETS: secrets }) => ({ secrets: atLeastOne(secrets) }),
  make: async (options) => (await import('./mercado-pago.ts')).mercadoPago(options),
});
