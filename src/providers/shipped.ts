import { asaasSource } from './asaas/source.ts';
import { calComSource } from './cal-com/source.ts';
import { calendlySource } from './calendly/source.ts';
import { eduzzSource } from './eduzz/source.ts';
import { githubSource } from './github/source.ts';
import { hotmartSource } from './hotmart/source.ts';
import { hubspotSource } from './hubspot/source.ts';
import { kiwifySource } from './kiwify/source.ts';
import { mercadoPagoSource } from './mercado-pago/source.ts';
import type { ShippedSource } from './shipped-source.ts';
import { paddleSource } from './paddle/source.ts';
import { sendgridSource } from './sendgrid/source.ts';
import { shopifySource } from './shopify/source.ts';
import { slackSource } from './slack/source.ts';
import { squareSource } from './square/source.ts';
import { standardWebhooksSource } from './standard-webhooks/source.ts';
import { stripeSource } from './stripe/source.ts';
import { twilioSource } from './twilio/source.ts';
import { wixSource } from './wix/source.ts';
import { wooviSource } from './woovi/source.ts';
import { zoomSource } from './zoom/source.ts';

/** The providers that ship with hookcast. No other part of the gateway names one. */
export const SHIPPED: readonly ShippedSource[] = [
  eduzzSource,
  wixSource,
  calComSource,
  calendlySource,
  stripeSource,
  standardWebhooksSource,
  kiwifySource,
  hotmartSource,
  asaasSource,
  wooviSource,
  mercadoPagoSource,
  shopifySource,
  githubSource,
  squareSource,
  paddleSource,
  hubspotSource,
  twilioSource,
  slackSource,
  zoomSource,
  sendgridSource,
];
