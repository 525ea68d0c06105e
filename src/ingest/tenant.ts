/** The tenant of an account. Null if the delivery does not name its account, or if an erasure removed it. */
export function tenantOf(provider: string, account: string | null | undefined): string | null {
  return typeof account === 'string' && account !== '' ? `${provider}:${account}` : null;
}
