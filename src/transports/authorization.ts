/**
 * What a client says in `connection_init` to show who it is: as a member, or as one of `headers`, where Apollo's and Hasura's
 * examples have it. The names of headers are the same in capitals.
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
