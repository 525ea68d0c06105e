import type { Sample } from '../sample.ts';

type Payload = Record<string, unknown>;

export const asaasSamples: readonly Sample[] = [
  sample('SUBSCRIPTION_DELETED', {
    subscription: {
      object: 'subscription',
      id: 'sub_sampleOfHookcast',
      dateCreated: '16/10/2025',
      customer: 'cus_sampleOfHookcast',
      value: 19.9,
      nextDueDate: '22/05/2026',
      cycle: 'MONTHLY',
      description: 'Plano Pró da Paula',
      billingType: 'BOLETO',
      deleted: true,
      status: 'INACTIVE',
    },
  }),
  sample('PAYMENT_DELETED', payment('PENDING')),
  sample('PAYMENT_CONFIRMED', payment('CONFIRMED')),
  sample('PAYMENT_REFUNDED', payment('REFUNDED')),
  sample('PAYMENT_CHARGEBACK_REQUESTED', payment('CHARGEBACK_REQUESTED')),
];

function payment(status: string): Payload {
  return {
    payment: {
      object: 'payment',
      id: 'pay_sampleOfHookcast',
      dateCreated: '2026-04-01',
      customer: 'cus_sampleOfHookcast',
      subscription: 'sub_sampleOfHookcast',
      value: 42.23,
      netValue: 41.24,
      description: 'Mensalidade da Paula',
      billingType: 'CREDIT_CARD',
      status,
      dueDate: '2026-04-09',
      confirmedDate: '2026-04-06',
      clientPaymentDate: '2026-04-06',
      installmentNumber: null,
      deleted: status === 'PENDING',
    },
  };
}

function sample(event: string, more: Payload): Sample {
  return {
    event,
    payload: (fresh) => ({
      id: fresh ? `evt_${fresh.id}` : `evt_sample_${event}`,
      event,
      dateCreated: '2026-04-06 18:59:27',
      ...more,
    }),
  };
}
