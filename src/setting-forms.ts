import { isIP } from 'node:net';
import proxyAddr from 'proxy-addr';
import { z } from 'zod';
import { faultOfOrigin } from './origin.ts';
import { tokenPublicKey } from './public-key.ts';
import { list } from './setting-lists.ts';

export const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, { error: `expected a whole number from ${least} to ${most}` })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error: `expected a whole number from ${least} to ${most}` });

/** The most workers of one gateway. `auto` is one for each core. */
const MOST_WORKERS = 64;
export const workers = z.string().transform((text, context): number | 'auto' => {
  const number = Number(text);
  if (text === 'auto') return text;
  if (/^\d+$/.test(text) && number >= 1 && number <= MOST_WORKERS) return number;
  context.addIssue(`expected a whole number from 1 to ${MOST_WORKERS}, or auto`);
  return z.NEVER;
});

export const publicKeyText = z.string().transform((text, context) => {
  try {
    return tokenPublicKey(text);
  } catch (error) {
    context.addIssue(`is ${(error as Error).message}; paste the PEM, or base64 of it`);
    return z.NEVER;
  }
});

const NETWORKS: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];
export const proxies = list.superRefine((networks, context) => {
  const unknown = networks.find((network) => !NETWORKS.includes(network) && !isNetwork(network));
  if (unknown === undefined) return;
  context.addIssue(
    `"${unknown}" is neither an address nor a network; expected 10.0.0.7, 10.0.0.0/8, fd00::/8, loopback, linklocal or uniquelocal`,
  );
});

export const origins = list.superRefine((named, context) => {
  for (const origin of named) {
    const fault = origin === '*' ? null : faultOfOrigin(origin);
    if (fault !== null) context.addIssue(`"${origin}" ${fault}`);
  }
});

/** The URL that senders have before `/webhooks/…`. A sender may sign it, so it must be the same letter by letter. */
export const publicUrl = z.string().transform((text, context) => {
  const bare = text.trim().replace(/\/+$/, '');
  const isWhole = /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/.test(bare) && URL.canParse(bare);
  if (isWhole) return bare;
  context.addIssue('expected the address that senders call, without /webhooks: https://hooks.example.com');
  return z.NEVER;
});

const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 24 * 60 };
const LONGEST_KEPT = 7 * 24 * 60;
/** A duration, in milliseconds; null for `off`. */
export const keepingFor = z.string().transform((text, context) => {
  if (text.trim() === 'off') return null;
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text.trim()) ?? [];
  const minutes = Number(count) * (MINUTES[unit] ?? NaN);
  if (minutes >= 1 && minutes <= LONGEST_KEPT) return minutes * 60_000;
  context.addIssue('expected off, or minutes, hours or days up to seven days: 90m, 24h, 7d');
  return z.NEVER;
});

/** HS256 needs as many bytes as its hash has. */
export function isLongEnough(secret: string): boolean {
  return Buffer.byteLength(secret) >= 32;
}

function isNetwork(text: string): boolean {
  // A "1" is meant as a number of proxies, but would be read as the address 0.0.0.1.
  if (isIP(text.replace(/\/.*$/, '')) === 0) return false;
  try {
    proxyAddr.compile(text);
    return true;
  } catch {
    return false;
  }
}
