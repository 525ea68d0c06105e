import type { Money } from '../events/money.ts';

/** The currencies whose amounts don't have two decimals. https://docs.stripe.com/currencies */
const NONE = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const THREE = new Set('bhd jod kwd omr tnd'.split(' '));

/**
 * Converts an amount in the smallest coin to a decimal. The point is moved in the text, since a double can't hold every
 * fraction.
 */
export function amountOf(coins: string | number | null | undefined, currency: string | null | undefined): Money | null {
  const smallest = typeof coins === 'string' ? coins : Number.isSafeInteger(coins) ? String(coins) : null;
  if (!currency || smallest === null) return null;
  const [, sign = '', digits = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(smallest) ?? [];
  const places = NONE.has(currency.toLowerCase()) ? 0 : THREE.has(currency.toLowerCase()) ? 3 : 2;
  const padded = digits.padStart(places + 1, '0');
  const behind = padded.slice(padded.length - places) + fraction;
  const before = padded.slice(0, padded.length - places);
  return { amount: `${sign}${before}${behind === '' ? '' : `.${behind}`}`, currency: currency.toUpperCase() };
}
