/** Orders the states of a booking, an order or a subscription. Square increases the number with every change. */
export function versionOf(version: number | null): string | null {
  return version === null || version < 0 ? null : `v${String(version).padStart(20, '0')}`;
}
