/** Null where a delivery does not show whose it is, or no longer, since an erasure took the account out of it. */
export function tenantOf(provider: string, account: string | null | undefined): string | null {
  return typeof account === 'string' && account !== '' ? `${provider}:${account}` : null;
}
