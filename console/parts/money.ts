import { localeOf } from '../words/locales.ts';

/** Amounts by their currencies, in ten-thousandths: no currency has more decimals, and the gateway sums as exactly. */
export type Sums = ReadonlyMap<string, bigint>;

export interface Amount {
  readonly amount: string;
  readonly currency: string;
}

const DECIMALS = 4;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** With these amounts as well. One that is no decimal number of so many digits is in no sum. */
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

/** As the reader writes money; as it came where it is no currency or no number. */
export function writtenMoney(language: string, { amount, currency }: Amount): string {
  try {
    // Text, which formats exactly where a number would round.
    return new Intl.NumberFormat(localeOf(language), { style: 'currency', currency }).format(amount as `${number}`);
  } catch {
    return `${amount} ${currency}`;
  }
}
