/**
 * The `authorization` in a client's `connection_init`: a member of the payload, or of its `headers`, where Apollo's and Hasura's
 * examples have it. Capitals in the name make no difference.
 */
export function authorizationIn(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return memberOf(params) ?? memberOf(params?.['headers']);
}

function memberOf(params: unknown): string | undefined {
  if (typeof params !== 'object' || params === null) return undefined;
  return Object.entries(params).find(
    (member): member is [string, string] => typeof member[1] === 'string' && /^authorization$/i.test(member[0]),
  )?.[1];
}
