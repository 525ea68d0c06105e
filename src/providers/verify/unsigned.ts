import { HookcastError } from '../../errors.ts';
import { type BodyFormat, jsonBody } from '../body.ts';
import type { Verifier } from '../verifier.ts';
import { type Confirm, confirming } from './confirm.ts';
import { missingPart } from './missing.ts';
import { isAmong } from './same.ts';
import { LEAST_TOKEN, type Secrets, checkSecrets } from './secrets.ts';
import { verifiedBody } from './verified.ts';

const SECRET = /^[\w.~-]+$/;

export interface UnsignedOptions {
  /**
   * The secret after the source's name in the path: `/webhooks/strava/<secret>`. It must be random and have 128 bits at least.
   */
  readonly path: Secrets;
  readonly body?: BodyFormat;
  /** Asks the sender's API before a delivery is recorded: see `Confirm`. */
  readonly confirm?: Confirm;
  /** How long `confirm` may take, in milliseconds. The default is 1,500. */
  readonly confirmWithin?: number;
}

/**
 * Deliveries that nobody signs (Strava, Mollie, Eventbrite). Only a secret in the path authenticates them, and the gateway
 * reports this at its start; unless `confirm` asks the sender's API what happened. Then the secret keeps strangers from causing
 * such requests.
 *
 * @throws {Error} for secrets that are missing, empty, too short, or no part of a path.
 */
export function unsigned({ path, body: format = jsonBody, confirm, confirmWithin }: UnsignedOptions): Verifier {
  const secrets = checkSecrets('unsigned', path, { member: 'path', least: LEAST_TOKEN });
  for (const [index, secret] of secrets.entries()) {
    if (!SECRET.test(secret))
      throw new Error(`unsigned: path[${index}] may contain letters, digits, "-", "_", "." and "~"`);
  }
  const isOurs = isAmong(secrets);
  const confirmed = confirm && confirming(confirm, confirmWithin);
  return {
    pathSecret: true,
    ...(!confirmed && { unsigned: 'anybody who knows its URL can send anything, so keep the URL secret' }),
    verify(delivery) {
      const [, given = ''] = /\/webhooks\/[^/]+\/([^/]+)\/?$/.exec(delivery.path) ?? [];
      if (given === '') throw missingPart('The secret behind the name of the source in the path');
      if (!isOurs(given))
        throw new HookcastError('SIGNATURE_INVALID', 'The path does not contain a secret of this source.');
      const payload = format.read(delivery.body);
      return confirmed ? confirmed(payload, delivery.body) : verifiedBody(payload, delivery.body);
    },
    sign: (payload) => ({
      body: format.write(payload),
      headers: { 'content-type': format.contentType },
      path: `/${secrets[0]}`,
    }),
  };
}

/**
 * Refuses every delivery, for a source whose sender shows its secret only after it has reached the source (Notion, Asana). Use
 * it together with `shownToken` or `headerEcho`, until the secret is known.
 */
export function awaitingSecret(): Verifier {
  return {
    verify() {
      throw new HookcastError('SIGNATURE_INVALID', 'This source has no secret yet, so it takes no delivery.');
    },
    sign: null,
  };
}
