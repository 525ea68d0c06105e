const BRANDS: Readonly<Record<string, string>> = {
  asaas: 'Asaas',
  'cal-com': 'Cal.com',
  calendly: 'Calendly',
  eduzz: 'Eduzz',
  github: 'GitHub',
  hotmart: 'Hotmart',
  hubspot: 'HubSpot',
  kiwify: 'Kiwify',
  'mercado-pago': 'Mercado Pago',
  paddle: 'Paddle',
  sendgrid: 'SendGrid',
  shopify: 'Shopify',
  slack: 'Slack',
  square: 'Square',
  stripe: 'Stripe',
  twilio: 'Twilio',
  wix: 'Wix',
  woovi: 'Woovi',
  zoom: 'Zoom',
};

/** A provider's name in its own spelling, for sentences. */
export function brand(provider: string): string {
  return Object.hasOwn(BRANDS, provider) ? BRANDS[provider]! : provider;
}
