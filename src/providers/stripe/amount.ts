import type { Money } from '../../events/money.ts';
import { amountOf } from '../coins.ts';
import type { Price } from './payload.ts';

export function moneyOf(price: Price | null | undefined): Money | null {
  const { currency, unit_amount: whole, unit_amount_decimal: decimal } = price ?? {};
  return amountOf(decimal ?? whole, currency);
}
