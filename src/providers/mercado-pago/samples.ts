import type { Sample } from '../sample.ts';

const ID = '1234567890';

export const mercadoPagoSamples: readonly Sample[] = [
  sample('payment.updated', 'payment', 'payment.updated'),
  sample('subscription_preapproval.updated', 'subscription_preapproval', 'updated'),
];

function sample(event: string, type: string, action: string): Sample {
  return {
    event,
    query: () => new URLSearchParams({ 'data.id': ID, type }).toString(),
    headers: (fresh) => ({ 'x-request-id': fresh?.id ?? '00000000-0000-4000-8000-000000000001' }),
    payload: (fresh) => ({
      id: fresh?.id ?? '112233445566',
      live_mode: false,
      type,
      date_created: (fresh?.at ?? new Date(1_775_200_000_000)).toISOString(),
      application_id: 1_234_567_890,
      user_id: 987_654_321,
      version: 1,
      api_version: 'v1',
      action,
      data: { id: ID },
    }),
  };
}
