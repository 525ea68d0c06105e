/** Everything that a user's own provider is made of: `hookcast/provider`. */
export { defineProvider, refuse, unfit } from './providers/define-provider.ts';
export { event } from './providers/definition.ts';
export { eventType, interfaceType, otherEvent, said } from './declaration/event-type.ts';
export { enumType, id, instant, json, listOf, moment, objectType, orBlank, text, whole } from './declaration/fields.ts';
export { open, personal } from './declaration/mark.ts';
export { money } from './types/money.ts';
export { person } from './types/person.ts';
export { anyBody, formBody, jsonBody, listBody } from './providers/body.ts';
export { secondary, secondaryList } from './providers/fields.ts';
export { asymmetric } from './providers/verify/asymmetric.ts';
export { bodyFields } from './providers/verify/body-fields.ts';
export { broughtSecret } from './providers/verify/brought-secret.ts';
export { digest, hmac } from './providers/verify/hmac.ts';
export { jwtHeader } from './providers/verify/jwt-header.ts';
export { jwt } from './providers/verify/jwt.ts';
export { sharedToken } from './providers/verify/shared-token.ts';
export { standardSignature } from './providers/verify/standard-signature.ts';
export {
  body,
  field,
  header,
  map,
  method,
  optional,
  path,
  query,
  secret,
  sha256,
  sortedFields,
  time,
  url,
} from './providers/verify/template.ts';
export { ApiError, ProviderApi } from './providers/provider-api.ts';
export { basic, bearer, bodyToken, queryToken } from './providers/verify/tokens.ts';
export { awaitingSecret, unsigned } from './providers/verify/unsigned.ts';
export { verifiedBody } from './providers/verify/verified.ts';
export { headerEcho, shownToken } from './providers/secret-handshakes.ts';
export { keyedResponse, postEcho, probe } from './providers/signed-challenges.ts';
export { getEcho, optionsHandshake, unsignedPostEcho } from './providers/unsigned-challenges.ts';
export type { About, AboutDelivery, Introduction } from './providers/about.ts';
export type { Challenge, ChallengeResponse } from './providers/challenge.ts';
export type { Delivery, Provider, Verified } from './providers/provider.ts';
export type { Reconcile, StatePage, StateRequest } from './providers/reconcile.ts';
export type { Fresh, OwnSample, Sample } from './providers/sample.ts';
export type { Said } from './declaration/event-type.ts';
export type { Secrets } from './providers/verify/secrets.ts';
export type { Piece, Template, Value } from './providers/verify/template.ts';
export type { Verifier } from './providers/verifier.ts';
