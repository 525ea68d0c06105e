import type { KeyObject } from 'node:crypto';
import type { z } from 'zod';
import { otherEvent, said } from '../../declaration/event-type.ts';
import { OrderChange, type orderChangeKind } from '../../types/order-change.ts';
import type { Introduction } from '../about.ts';
import { Checks } from '../checks.ts';
import { amountOf } from '../coins.ts';
import { defineProvider, unfit } from '../define-provider.ts';
import { event } from '../definition.ts';
import { id } from '../fields.ts';
import { isObject } from '../payload.ts';
import type { Provider, Unnormalised, Verified } from '../provider.ts';
import { subjectOf } from '../subject.ts';
import { asymmetric } from '../verify/asymmetric.ts';
import { type Charge, charged, customer, envelope, refunded } from './payload.ts';
import { wooviSamples } from './samples.ts';

export interface WooviSettings {
  /** Woovi's public key, as its page shows it: base64 of a PEM. Several while one replaces another. */
  readonly publicKeys: readonly (KeyObject | string | undefined)[];
  /** The private key that belongs to the first public key, for samples. Woovi keeps the real one. */
  readonly signingKey?: KeyObject;
}

/**
 * Woovi, also called OpenPix: `x-webhook-signature` is the base64 signature of the raw body, RSA with SHA-256. Woovi has one key of 1,024
 * bits for all of its customers. No time is signed, and there is no id.
 */
export function woovi(settings: WooviSettings): Provider {
  const { publicKeys, signingKey } = settings ?? {};
  const checks = new Checks();
  return defineProvider({
    name: 'woovi',
    verify: asymmetric({
      publicKeys: publicKeys ?? [],
      algorithm: 'rsa-sha256',
      leastBits: 1024,
      header: 'x-webhook-signature',
      encoding: 'base64',
      ...(signingKey && { signingKey }),
    }),
    about: (verified) => about(verified, checks),
    events: {
      'OPENPIX:CHARGE_CREATED': changed('AWAITING_PAYMENT'),
      'OPENPIX:CHARGE_COMPLETED': changed('PAID'),
      'OPENPIX:CHARGE_EXPIRED': changed('EXPIRED'),
      'OPENPIX:TRANSACTION_REFUND_RECEIVED': event(refunded, ({ charge, pix }) =>
        charge
          ? said(OrderChange, {
              ...orderOf(charge),
              orderChange: 'REFUNDED',
              // If the refund is partial, this is the part.
              refund: { amount: amountOf(pix?.value, 'BRL'), refundedAt: pix?.time },
            })
          : otherEvent(),
      ),
    },
    types: [OrderChange],
    samples: wooviSamples,
  });
}

function about({ payload }: Verified, checks: Checks): Introduction | Unnormalised {
  // Woovi's page sends this test to see whether the address answers.
  if (payload['evento'] === 'teste_webhook') return { outcome: 'pong' };
  const company = isObject(payload['company']) ? payload['company'] : {};
  const account = checks.safeParse(id, company['id']).data ?? null;
  const parsed = checks.safeParse(envelope, payload);
  if (!parsed.success) return unfit(parsed.error, { account });
  const charge = isObject(payload['charge']) ? payload['charge'] : {};
  const orderId = checks.safeParse(id, charge['correlationID']).data;
  const pix = isObject(payload['pix']) ? payload['pix'] : {};
  const state = [charge['status'], charge['updatedAt'], pix['endToEndId'], pix['time']].map((value) => value ?? null);
  return {
    type: parsed.data.event,
    // These members tell a state of a charge from every other. If there is no order id, everything that was signed identifies the event.
    derivedFrom: orderId === undefined ? null : [parsed.data.event, orderId, ...state],
    account,
    subject: subjectOf('order', orderId),
    people: [personOf(customer.parse(charge['customer'])), personOf(customer.parse(payload['customer']))],
  };
}

function changed(orderChange: z.output<typeof orderChangeKind>) {
  return event(charged, OrderChange, ({ charge, pix }) => ({
    ...orderOf(charge),
    orderChange,
    paidAt: orderChange === 'PAID' ? pix?.time : null,
  }));
}

/** A comment is free text and may be about a person, so only `raw` has it. */
function orderOf(charge: Charge) {
  return {
    orderId: charge.correlationID,
    customer: personOf(charge.customer),
    status: charge.status,
    total: amountOf(charge.value, 'BRL'),
    paymentMethod: 'pix',
    transactionId: charge.transactionID,
    createdAt: charge.createdAt,
  };
}

function personOf(sent: z.output<typeof customer>) {
  return {
    name: sent?.name ?? null,
    email: sent?.email ?? null,
    phone: sent?.phone ?? null,
    externalId: sent?.correlationID ?? null,
  };
}
