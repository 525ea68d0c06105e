const BRANDS: Readonly<Record<string, string>> = { eduzz: 'Eduzz', wix: 'Wix', stripe: 'Stripe' };

/** A provider's name as it writes it itself, for sentences. */
export function brand(provider: string): string {
  return BRANDS[provider] ?? provider;
}
