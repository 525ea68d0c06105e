import type { Sample } from '../sample.ts';
import { customer, price, producer, sent } from './sample-people.ts';

type Data = Readonly<Record<string, unknown>>;

const paid = { paid: price, paidAt: '2026-01-29T10:05:00.000Z', transaction: { id: '7700881' } };

/** Samples of orders, subscriptions and carts. */
export const moneySamples: readonly Sample[] = [
  invoice('invoice_canceled', 'm4v0s9c2w7q1k8d5r3t6y0b2x', 'canceled'),
  contract('contract_updated', 'c6b1f2a8-53d7-4e90-8a1b-0d9e7f3c2b64', 'canceled', { reason: 'cancellation' }),
  invoice('invoice_opened', 'n5w1t0d3x8r2l9e6s4u7z1c3y', 'open'),
  invoice('invoice_paid', 'o6x2u1e4y9s3m0f7t5v8a2d4z', 'paid', paid),
  invoice('invoice_refunded', 'p7y3v2f5z0t4n1g8u6w9b3e5a', 'refunded', {
    ...paid,
    refund: {
      type: 'common',
      createdAt: '2026-01-30T08:00:00.000Z',
      refundedAt: '2026-01-31T08:00:00.000Z',
      ...price,
      reason: 'Bought twice',
      refundBy: producer.name,
    },
    gains: { producer: { currency: 'BRL', value: 45.4 } },
    fees: { eduzz: { currency: 'BRL', value: 4.5 }, total: { currency: 'BRL', value: 4.5 } },
  }),
  invoice('invoice_chargeback', 'q8z4w3g6a1u5o2h9v7x0c4f6b', 'paid', {
    ...paid,
    chargeback: {
      status: 'pendingDocuments',
      createdAt: '2026-01-31T12:00:00.000Z',
      limitDate: '2026-02-07T12:00:00.000Z',
      finishedAt: null,
    },
  }),
  contract('contract_created', 'd7c2a3b9-64e8-4fa1-9b2c-1eaf804d3c75', 'upToDate'),
  contract('contract_card_attempted', 'e8d3b4ca-75f9-40b2-8c3d-2fb0915e4d86', 'late', {
    invoice: {
      id: '61800418',
      payment: { method: 'creditCard', installments: 1 },
      isNegotiation: false,
      failReason: 'insufficient_funds',
      failReasonMessage: 'The card has not enough left',
      status: 'open',
      dueDate: '2026-01-31T10:00:00.000Z',
      attemptDate: '2026-01-31T10:00:07.000Z',
    },
  }),
  {
    event: 'myeduzz.commission_processed',
    payload: (fresh) => ({
      id: fresh?.id ?? '93d5a61e0bf84c27a1e6d4f3b2907c58',
      event: 'myeduzz.commission_processed',
      sentDate: sent(fresh),
      data: {
        invoiceId: '61800417',
        createdAt: '2026-01-28T09:30:00.000Z',
        price,
        commissions: {
          producer: { id: producer.id, name: producer.name, currency: 'BRL', value: 40.4 },
          coproducers: [],
          affiliates: [{ id: '40077', name: 'Vasco Teles', currency: 'BRL', value: 5 }],
        },
      },
    }),
  },
  {
    event: 'sun.cart_abandonment',
    payload: (fresh) => ({
      id: fresh?.id ?? 'r9a5x4h7b2v6p3i0w8y1d5g7c',
      event: 'sun.cart_abandonment',
      sentDate: sent(fresh),
      data: {
        transactionId: '5f7d2c9b1e8a4036b4d90c3e7a6f5182',
        customer: { name: customer.name, email: customer.email, phone: '+5581900005678' },
        productId: ['10'],
        tracker: { utmSource: 'newsletter', utmCampaign: 'january' },
        lastStep: 'payment-sent',
        paymentMethod: 'creditCard',
        producerId: Number(producer.id),
        updatedAt: sent(fresh),
      },
    }),
  },
];

function invoice(name: string, id: string, status: string, more: Data = {}): Sample {
  const event = `myeduzz.${name}`;
  return {
    event,
    payload: (fresh) => ({
      id: fresh?.id ?? id,
      event,
      data: {
        id: '61800417',
        status,
        buyer: {
          id: '55510042',
          name: customer.name,
          document: '00000000000',
          email: customer.email,
          cellphone: '+5581900005678',
          address: { street: 'Rua das Palmeiras', number: '7', city: 'Olinda', country: 'Brasil' },
        },
        producer: { ...producer, originSecret: 'stripped before anything is kept' },
        offer: { name: 'Launch' },
        utm: { source: 'newsletter', campaign: 'january' },
        createdAt: '2026-01-28T09:30:00.000Z',
        dueDate: '2026-01-30T23:59:59.000Z',
        price,
        installments: 1,
        items: [
          { productId: 'C10', name: 'Choro for beginners', price, billingType: 'single', skuReference: 'C10-PT' },
        ],
        totalItems: 1,
        checkoutUrl: 'https://checkout.example/61800417',
        paymentMethod: 'bankslip',
        ...more,
      },
      sentDate: sent(fresh),
    }),
  };
}

function contract(name: string, id: string, status: string, more: Data = {}): Sample {
  const event = `myeduzz.${name}`;
  return {
    event,
    payload: (fresh) => ({
      id: fresh?.id ?? id,
      event,
      data: {
        producer,
        products: [{ id: 'S20', name: 'Choro every month', plan: { id: null, name: null }, price }],
        contract: {
          id: '900310',
          payment: { method: 'creditCard' },
          status,
          createdAt: '2025-03-01T10:00:00.000Z',
          updatedAt: sent(fresh),
          recurrence: { finishesAt: '', frequency: { type: 'month', value: 1 }, isFinite: false, price },
        },
        customer,
        financialResponsible: { ...customer, name: 'Lígia Brandão', email: 'ligia@assinante.example' },
        ...more,
      },
      sentDate: sent(fresh),
    }),
  };
}
