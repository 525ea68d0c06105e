import { z } from 'zod';
import { jsonList } from './setting-lists.ts';

/**
 * Where an issuer's description of itself is (OpenID Connect Discovery, RFC 8414). It says where the keys are, and has none.
 * Duende's keys are at `/.well-known/openid-configuration/jwks`.
 */
const DISCOVERY = /\/\.well-known\/(?:openid-configuration|oauth-authorization-server)\/?$/;

export const jwksUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) context.addIssue('expected an https URL');
  // fetch refuses such a URL, and would do so for each token.
  else if (url.username || url.password) context.addIssue('expected an https URL without a user and a password in it');
  else if (DISCOVERY.test(url.pathname)) {
    context.addIssue('is a discovery document, which holds no keys; set it to what that document says as "jwks_uri"');
  } else return url;
  return z.NEVER;
});

export const issuer = z.string().refine((text) => !DISCOVERY.test(text), {
  error: 'is a discovery document; set it to what that document says as "issuer"',
});

/** The name of an identity provider, letter by letter as its discovery document says it. */
export const providerIssuer = issuer.refine(
  (text) => URL.canParse(text) && !/[?#]/.test(text) && isEncrypted(new URL(text)),
  {
    error: 'expected an https URL, as the discovery document says it in "issuer"; http is for this machine alone',
  },
);

/** Whether nobody can answer in its place: the rest of the way is encrypted, or there is none. */
export function isEncrypted({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

/** What users of Supabase, Auth0 and Clerk may write themselves. */
const OWN_WORD: readonly string[] = ['user_metadata', 'userMetadata', 'unsafe_metadata', 'unsafeMetadata'];
const MOST_STEPS = 8;

/**
 * The place of a claim: a name, or a path with dots between names. A name with a slash in it is one name, since a namespaced one
 * has dots as well (https://example.com/tenants). Any other name with dots in it is written as a list.
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
      `users write "${own}" themselves, and would choose what they may see; use app_metadata or the like`,
    );
    return z.NEVER;
  }
  return path;
});

function pathOf(text: string): readonly string[] | null {
  if (text.startsWith('[')) return jsonList(text);
  return text.includes('/') ? [text] : text.split('.');
}
