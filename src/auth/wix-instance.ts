import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { HookcastError } from '../errors.ts';

/** How long after its signing an instance is taken, and how far Wix's clock may be ahead, in milliseconds. */
const FRESH = 60 * 60_000;
const AHEAD = 60_000;

/** https://dev.wix.com/docs/build-apps/develop-your-app/access/app-instances: the members that matter here. */
const instance = z.object({
  instanceId: z.string().regex(/^[\w-]{1,100}$/),
  signDate: z.iso.datetime({ offset: true }),
  expirationDate: z.iso.datetime({ offset: true }).nullish(),
  /** The Wix user; for a visitor without an account, an id that Wix made up. */
  uid: z.string().min(1).max(100).nullish(),
  aid: z.string().nullish(),
  permissions: z.string().nullish(),
});

export interface WixInstance {
  readonly instanceId: string;
  readonly user: string;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Reads the `instance` that Wix signs for a frame of an app, in the frame's address: `<HMAC-SHA256>.<JSON>`, both as base64url. Wix gives
 * one to every visitor of a site, so only the site's owner, and people whom the owner has let in, count.
 *
 * @throws {HookcastError} UNAUTHENTICATED, TOKEN_EXPIRED, or FORBIDDEN for a visitor of the site.
 */
export function readWixInstance(text: string, secrets: readonly string[], now: number): WixInstance {
  const [signature = '', data = '', ...rest] = text.split('.');
  if (rest.length > 0 || !secrets.some((secret) => isSigned(data, signature, secret))) {
    throw new HookcastError('UNAUTHENTICATED', 'The instance is not signed with the secret of the Wix app.');
  }
  const parsed = instance.safeParse(jsonOf(data));
  if (!parsed.success)
    throw new HookcastError('UNAUTHENTICATED', 'The instance does not have the form that Wix sends.');
  const { instanceId, signDate, expirationDate, uid, aid, permissions } = parsed.data;
  const signedAt = Date.parse(signDate);
  const expiresAt = Math.min(signedAt + FRESH, expirationDate ? Date.parse(expirationDate) : Infinity);
  if (signedAt > now + AHEAD) throw new HookcastError('UNAUTHENTICATED', 'The instance was signed in the future.');
  if (expiresAt <= now) {
    throw new HookcastError(
      'TOKEN_EXPIRED',
      'The instance has expired. Load the page of the app anew, and send the one that Wix gives it.',
    );
  }
  if (permissions !== 'OWNER' || !uid || aid) {
    throw new HookcastError('FORBIDDEN', 'The instance belongs to a visitor of the site, not to its owner.');
  }
  return { instanceId, user: uid, expiresAt };
}

function isSigned(data: string, signature: string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(data).digest();
  const given = Buffer.from(signature, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function jsonOf(data: string): unknown {
  try {
    return JSON.parse(Buffer.from(data, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
