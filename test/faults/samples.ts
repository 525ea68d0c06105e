import { createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { calComSamples } from '../../src/providers/cal-com/samples.ts';
import { calendlySamples } from '../../src/providers/calendly/samples.ts';
import { eduzzSamples } from '../../src/providers/eduzz/samples.ts';
import { stripeSamples } from '../../src/providers/stripe/samples.ts';
import { wixSamples } from '../../src/providers/wix/samples.ts';
import { environment } from '../support/gateway.ts';
import type { Dice } from './dice.ts';

const SECRET = 'of-the-faults-and-as-long-as-any';
const STANDARD = Buffer.from(SECRET).toString('base64');
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Every source that there is, each with a secret of this file's. */
export function manySources(folder: string): Record<string, string> {
  return {
    ...environment(folder),
    EDUZZ_SECRETS: SECRET,
    WIX_PUBLIC_KEYS: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    CALCOM_SECRETS: SECRET,
    CALENDLY_SECRETS: SECRET,
    STRIPE_SECRETS: SECRET,
    STANDARD_WEBHOOKS_SECRETS: `whsec_${STANDARD}`,
    MAX_CONNECTIONS_PER_TOKEN: '0',
    MAX_CONNECTIONS_PER_ADDRESS: '0',
  };
}

export type Source = 'eduzz' | 'wix' | 'calcom' | 'calendly' | 'stripe' | 'standard-webhooks';
export const SOURCES: readonly Source[] = ['eduzz', 'wix', 'calcom', 'calendly', 'stripe', 'standard-webhooks'];

/** A payload of the source as its provider sends it, with this id wherever the provider puts it. */
export function payloadOf(source: Source, id: string, dice: Dice): Record<string, unknown> {
  const fresh = { id, at: new Date(1_780_000_000_000 + dice.below(1_000_000)) };
  switch (source) {
    case 'eduzz':
      return dice.pick(eduzzSamples).payload(fresh);
    case 'wix':
      return dice.pick(wixSamples).payload(fresh);
    case 'calcom':
      return dice.pick(calComSamples).payload(fresh);
    case 'calendly':
      return dice.pick(calendlySamples).payload(fresh);
    case 'stripe':
      return dice.pick(stripeSamples).payload(fresh);
    case 'standard-webhooks':
      return { type: 'seat.cancelled', timestamp: fresh.at.toISOString(), data: { seat: id, show: 'Much Ado' } };
  }
}

export interface Signed {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Signs any bytes as the provider would. Of Wix, whose body is a token, they are what the token carries. */
export function signedAs(source: Source, bytes: Buffer, secret = SECRET): Signed {
  const hmac = (...parts: (string | Buffer)[]) => {
    const made = createHmac('sha256', secret);
    for (const part of parts) made.update(part);
    return made;
  };
  const at = String(Math.floor(Date.now() / 1000));
  const json = { 'content-type': 'application/json' };
  switch (source) {
    case 'eduzz':
      return { headers: { ...json, 'x-signature': hmac(bytes).digest('hex') }, body: bytes };
    case 'calcom':
      return { headers: { ...json, 'x-cal-signature-256': hmac(bytes).digest('hex') }, body: bytes };
    case 'calendly': {
      const signature = `t=${at},v1=${hmac(`${at}.`, bytes).digest('hex')}`;
      return { headers: { ...json, 'calendly-webhook-signature': signature }, body: bytes };
    }
    case 'stripe': {
      const signature = `t=${at},v1=${hmac(`${at}.`, bytes).digest('hex')}`;
      return { headers: { ...json, 'stripe-signature': signature }, body: bytes };
    }
    case 'standard-webhooks': {
      const id = `msg_${createHmac('sha256', 'id').update(bytes).digest('hex').slice(0, 24)}`;
      const signature = `v1,${hmac(`${id}.${at}.`, bytes).digest('base64')}`;
      const headers = { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature };
      return { headers: { ...json, ...headers }, body: bytes };
    }
    case 'wix': {
      const head = Buffer.from('{"alg":"RS256","kid":"faults"}').toString('base64url');
      const signing = `${head}.${bytes.toString('base64url')}`;
      const signature = signWith('sha256', Buffer.from(signing), keys.privateKey);
      // With another secret, as if somebody else had signed.
      if (secret !== SECRET) signature[7]! ^= 1;
      return {
        headers: { 'content-type': 'text/plain' },
        body: Buffer.from(`${signing}.${signature.toString('base64url')}`),
      };
    }
  }
}

/** The content of a delivery's body, before it is signed. */
export function bytesOf(source: Source, payload: Record<string, unknown>): Buffer {
  if (source !== 'wix') return Buffer.from(JSON.stringify(payload));
  const issued = Math.floor(Date.now() / 1000);
  return Buffer.from(JSON.stringify({ data: JSON.stringify(payload), iat: issued, exp: issued + 300_000 }));
}
