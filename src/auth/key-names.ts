import { type KeyObject, hash } from 'node:crypto';
import type { AuthConfig, ProviderConfig } from '../auth-config.ts';

/** The name of a shared secret: a hash, so that no connection keeps the secret itself. */
export function nameOfSecret(secret: string): string {
  return named('secret', secret);
}

export function nameOfPublicKey(key: KeyObject): string {
  return named('public key', key.export({ type: 'spki', format: 'der' }).toString('base64'));
}

/** The name of an issuer's keys: the address where it publishes them, since it replaces the keys themselves every few weeks. */
export function nameOfKeysAt(url: URL): string {
  return named('keys at', url.href);
}

export function nameOfProvider({ issuer, clientId }: Pick<ProviderConfig, 'issuer' | 'clientId'>): string {
  return named('provider', JSON.stringify([issuer, clientId]));
}

/** The names of all keys that can sign somebody in. */
export function keyNamesOf({ check }: Pick<AuthConfig, 'check'>, provider: ProviderConfig | null): readonly string[] {
  const names = provider ? [nameOfProvider(provider)] : [];
  switch (check.by) {
    case 'secret':
      return [...check.secrets.map(nameOfSecret), ...names];
    case 'publicKey':
      return [nameOfPublicKey(check.key), ...names];
    case 'jwks':
      return [nameOfKeysAt(check.url), ...names];
  }
}

function named(kind: string, of: string): string {
  return hash('sha256', JSON.stringify(['key', kind, of]), 'base64url');
}
