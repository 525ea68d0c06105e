import { z } from 'zod';
import { jsonList } from './setting-lists.ts';

/**
 * The path of an issuer's discovery document (OpenID Connect Discovery, RFC 8414). The document says where the keys are, and has no
 * keys itself. Duende's keys are at `/.well-known/openid-configuration/jwks`.
 */
const DISCOVERY = /\/\.well-known\/(?:openid-configuration|oauth-authorization-server)\/?$/;

export const jwksUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) context.addIssue('expected an https URL');
  // fetch refuses a URL with a user or password, so every token would fail.
  else if (url.username || url.password) context.addIssue('expected an https URL without a user and a password in it');
  else if (DISCOVERY.test(url.pathname)) {
    context.addIssue('is a discovery document, which has no keys; set it to the "jwks_uri" of that document');
  } else return url;
  return z.NEVER;
});

export const issuer = z.string().refine((text) => !DISCOVERY.test(text), {
  error: 'is a discovery document; set it to the "issuer" of that document',
});

/** The name of an identity provider, exactly as in its discovery document. */
export const providerIssuer = issuer.refine(
  (text) => URL.canParse(text) && !/[?#]/.test(text) && isEncrypted(new URL(text)),
  {
    error: 'expected an https URL, as the discovery document says it in "issuer"; http is for this machine alone',
  },
);

/** Whether nobody in between can answer for the server: the connection is encrypted, or stays on this machine. */
export function isEncrypted({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

/** Claims that users of Supabase, Auth0 and Clerk may write themselves. */
const OWN_WORD: readonly string[] = ['user_metadata', 'userMetadata', 'unsafe_metadata', 'unsafeMetadata'];
const MOST_STEPS = 8;

/**
 * The place of a claim: a name, or a path with dots between names. A text with a slash is one name, because namespaced names
 * have dots as well (https://example.com/tenants). Any other name with dots is written as a JSON list.
 */
export const claimPath = z.string().transform((text, context): readonly string[] => {
  const path = pathOf(text.trim());
  if (!path || path.length === 0 || path.length > MOST_STEPS || path.includes('')) {
    context.addIssue(
      'expected the name of a claim, a path such as app_metadata.tenants, or a JSON list of names such as ["app.example.com","tenants"]',
    );
    return z.NEVER;
  }
  const own = path.find((name) => OWN_WORD.includes(name));
  if (own !== undefined) {
    context.addIssue(
      `users can write "${own}" themselves, so they could choose their own tenants; use app_metadata or the like`,
    );
    return z.NEVER;
  }
  return path;
});

function pathOf(text: string): readonly string[] | null {
  if (text.startsWith('[')) return jsonList(text);
  return text.includes('/') ? [text] : text.split('.');
}
