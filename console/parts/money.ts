import { localeOf } from '../words/locales.ts';

/** Sums by currency, in ten-thousandths. No currency has more decimals, and the gateway sums as exactly. */
export type Sums = ReadonlyMap<string, bigint>;

export interface Amount {
  readonly amount: string;
  readonly currency: string;
}

const DECIMALS = 4;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Adds amounts. An amount that is no decimal number, or has too many digits, is left out. */
export function plus(sums: Sums, amounts: readonly (Amount | null | undefined)[]): Sums {
  const all = new Map(sums);
  for (const one of amounts) {
    const units = one ? unitsOf(one.amount) : null;
    if (one && units !== null) all.set(one.currency, (all.get(one.currency) ?? 0n) + units);
  }
  return all;
}

export function amountsOf(sums: Sums): readonly Amount[] {
  return [...sums].map(([currency, units]) => ({ currency, amount: textOf(units) }));
}

function unitsOf(amount: string): bigint | null {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(amount) ?? [];
  if (whole === undefined || fraction.length > DECIMALS) return null;
  const units = BigInt(whole + fraction.padEnd(DECIMALS, '0'));
  return sign ? -units : units;
}

function textOf(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(DECIMALS + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}

/** An amount as the reader writes money. If it is no currency or no number, it is unchanged. */
export function writtenMoney(language: string, { amount, currency }: Amount): string {
  try {
    // A text, since `format` is exact for texts and would round a number.
    return new Intl.NumberFormat(localeOf(language), { style: 'currency', currency }).format(amount as `${number}`);
  } catch {
    return `${amount} ${currency}`;
  }
}
