/** Sellers and buyers of the samples. All of them are invented. */
export const producer = { id: '40021', name: 'Dalva Nogueira', email: 'dalva@palco.example' };
export const customer = {
  name: 'Otto Brandão',
  email: 'otto@assinante.example',
  phone: { countryCode: '55', areaCode: '81', number: '900005678' },
};
export const price = { currency: 'BRL', value: 49.9 };

/** When a sample was sent. A fresh sample has its own time. */
export function sent(fresh: { readonly at: Date } | undefined): string {
  return fresh?.at.toISOString() ?? '2026-01-31T20:15:00.000Z';
}
