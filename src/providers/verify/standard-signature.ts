import { type KeyObject, randomUUID, sign as signWith, verify as verifyWith } from 'node:crypto';
import { HookcastError } from '../../errors.ts';
import { hmacOf, isSigned, signatureBytes } from '../hmac.ts';
import { jsonBody } from '../body.ts';
import type { Delivery } from '../provider.ts';
import type { Verifier } from '../verifier.ts';
import { missing } from './missing.ts';
import type { Secrets } from './secrets.ts';
import { type SecretEncoding, type StandardKeys, readStandardKeys } from './standard-keys.ts';
import { checkTimestamp, isTimestamp } from './timestamp.ts';
import { verifiedBody } from './verified.ts';

export interface StandardSignatureOptions {
  /**
   * The secrets as the sender's page shows them, the newest first: `whsec_…` or any other text for a shared secret (v1),
   * `whpk_…` for the public key of a sender that signs with its private key (v1a). A private key `whsk_…` also signs samples.
   */
  readonly secrets: Secrets;
  /**
   * What the key of a shared secret is: the bytes that its base64 encodes, or its text. If it is left out, base64 for `whsec_`;
   * for any other secret both are tried.
   */
  readonly secretEncoding?: SecretEncoding | undefined;
  /** How far the clocks may differ, in both directions, in seconds. The default is five minutes. */
  readonly tolerance?: number;
}

/**
 * The characters of an id. It is signed as `id.time.body`: an id with a brace could reach into a body, and a part of the body
 * that a stranger wrote would become a delivery of its own.
 */
const ID = /^[\w.:~+/=-]{1,256}$/;

/**
 * Standard Webhooks 1.0.0, and its older form by Svix: `svix-` headers instead of `webhook-` ones.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @param where the beginning of messages about secrets.
 * @throws {Error} for secrets that are missing, empty, too short or not of their form. (The specification asks for 24 bytes.)
 */
export function standardSignature(
  { secrets, secretEncoding, tolerance = 300 }: StandardSignatureOptions,
  where = 'standardSignature',
): Verifier {
  const keys = readStandardKeys(where, secrets, secretEncoding);
  const [key] = keys.shared;
  return {
    ...(key && { key }),
    verify(delivery) {
      const { id, timestamp, signatures } = readHeaders(delivery);
      const before = Buffer.from(`${id}.${timestamp}.`);
      // Both are checked to the end, so that the time reveals nothing.
      const isShared = isSigned(keys.shared, [before, delivery.body], signatures['v1'] ?? []);
      const isPublic = isSignedWithKey(
        keys.publicKeys,
        Buffer.concat([before, delivery.body]),
        signatures['v1a'] ?? [],
      );
      if (!isShared && !isPublic) {
        throw new HookcastError(
          'SIGNATURE_INVALID',
          'webhook-signature does not sign this body under any secret of this source.',
        );
      }
      checkTimestamp(timestamp, { past: tolerance, future: tolerance }, delivery.receivedAt);
      return verifiedBody(jsonBody.read(delivery.body), delivery.body, id);
    },
    sign: keys.shared.length > 0 || keys.privateKey ? (payload, at) => signAs(keys, payload, at) : null,
  };
}

function signAs({ shared, privateKey }: StandardKeys, payload: Record<string, unknown>, at: Date) {
  const body = JSON.stringify(payload);
  const id = typeof payload['id'] === 'string' && ID.test(payload['id']) ? payload['id'] : `msg_${randomUUID()}`;
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signed = Buffer.from(`${id}.${timestamp}.${body}`);
  const signatures = [
    ...shared.slice(0, 1).map((key) => `v1,${hmacOf(key, signed).toString('base64')}`),
    ...(privateKey ? [`v1a,${signWith(null, signed, privateKey).toString('base64')}`] : []),
  ];
  return {
    body,
    headers: {
      'content-type': jsonBody.contentType,
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
    },
  };
}

function readHeaders({ headers }: Delivery) {
  const family = headers['webhook-id'] === undefined ? 'svix' : 'webhook';
  const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) => {
    const value = headers[`${family}-${name}`];
    return typeof value === 'string' ? value : undefined;
  });
  if (!id) throw missing(`${headers['svix-id'] === undefined ? 'webhook' : family}-id`);
  if (!timestamp) throw missing(`${family}-timestamp`);
  if (!signature) throw missing(`${family}-signature`);
  if (!ID.test(id)) throw invalid('webhook-id is not an id.');
  if (!isTimestamp(timestamp)) throw invalid('webhook-timestamp is not in whole seconds since 1970.');
  const signatures: Record<'v1' | 'v1a', (Buffer | null)[]> = { v1: [], v1a: [] };
  for (const part of signature.split(' ')) {
    const [version, text = ''] = part.split(',');
    if (version === 'v1' || version === 'v1a') signatures[version].push(signatureBytes(text, 'base64'));
  }
  return { id, timestamp, signatures };
}

function isSignedWithKey(keys: readonly KeyObject[], signed: Buffer, signatures: readonly (Buffer | null)[]): boolean {
  let matches = false;
  for (const key of keys) {
    for (const given of signatures.slice(0, MOST_SIGNATURES)) {
      if (given?.length === 64 && verifyWith(null, signed, key, given)) matches = true;
    }
  }
  return matches;
}

/** The most signatures of a delivery. Each takes a tenth of a millisecond to check, and a header can hold a hundred. */
const MOST_SIGNATURES = 8;

function invalid(message: string): HookcastError {
  return new HookcastError('SIGNATURE_INVALID', message);
}
