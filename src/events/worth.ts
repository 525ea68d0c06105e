import type { Money } from './money.ts';

/** How many units one unit of a currency has: four decimals, since no currency of ISO 4217 has more. */
export const UNITS = 10_000n;
const DECIMALS = 4;
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?$/;
/** Letters, digits and currency signs. A currency is a key of the counts, so no longer text is allowed. */
const CURRENCY = /^[\p{L}\p{N}\p{Sc}._-]{1,16}$/u;

/** What an event is worth, in a form that can be summed. */
export interface Worth {
  /** In capitals. Empty if the text does not look like a currency: then it is not summed. */
  readonly currency: string;
  /**
   * Ten-thousandths of the currency. Null if the amount can't be summed exactly: it has more than four decimals, is larger than
   * 900 billion (2^53 units), or is no decimal number.
   */
  readonly units: number | null;
}

/** The worth of an amount of money; null if there is none. */
export function worthOf(money: Money | null | undefined): Worth | null {
  if (!money) return null;
  const { amount, currency } = money;
  const isCurrency = CURRENCY.test(currency);
  return { currency: isCurrency ? currency.toUpperCase() : '', units: isCurrency ? unitsOf(amount) : null };
}

function unitsOf(amount: string): number | null {
  const [, sign, whole, fraction = ''] = DECIMAL.exec(amount) ?? [];
  const decimals = fraction.replace(/0+$/, '');
  if (whole === undefined || decimals.length > DECIMALS) return null;
  const units = Number(whole + decimals.padEnd(DECIMALS, '0'));
  if (!Number.isSafeInteger(units)) return null;
  // Avoid a negative zero.
  return sign === '-' && units > 0 ? -units : units;
}

/** The units as a decimal number, without zeros at the end of its fraction. */
export function amountOf(units: bigint): string {
  const positive = units < 0n ? -units : units;
  const fraction = String(positive % UNITS)
    .padStart(DECIMALS, '0')
    .replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${positive / UNITS}${fraction === '' ? '' : `.${fraction}`}`;
}
