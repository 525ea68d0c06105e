import { existsSync, readFileSync } from 'node:fs';
import { decodeJwt } from 'jose/jwt/decode';
import { readPublicUrl } from '../config-parts.ts';
import { HookcastError } from '../errors.ts';
import type { NewEvent } from '../events/event.ts';
import { VerifierError, answerTo, answerToSigned, normalise, partsIn, verify as verifyWith } from '../providers/ask.ts';
import { Namer, isDerived } from '../providers/namer.ts';
import type { Provider, Verified } from '../providers/provider.ts';
import { parseInstant } from '../providers/instant.ts';
import { type Captured, mended, parseCaptured } from './captured.ts';
import { findSources } from './sources.ts';
import { CommandError, type Terminal, printJson } from './terminal.ts';

export interface VerifyOptions {
  /** The moment by which times are checked, as in RFC 3339. If it is left out, now. */
  readonly at?: string;
  /** Whether to show personal data. */
  readonly personal: boolean;
}

const QUESTION = 'none: a question by which the sender checks the address, answered and not recorded';

/** Prints the result of one step. */
type Step = (name: string, said: string) => void;

/** `hookcast verify`: shows what a gateway would make of a captured delivery, step by step. No gateway need run. */
export async function verify(source: string, file: string, options: VerifyOptions, terminal: Terminal): Promise<void> {
  const sources = await findSources(terminal);
  const provider = sources.get(source);
  if (!provider) {
    throw new CommandError(`There is no source "${source}". There are: ${[...sources.keys()].join(', ')}.`);
  }
  if (!existsSync(file)) throw new CommandError(`There is no file ${file}.`);
  const captured = { publicUrl: readPublicUrl(terminal.env), ...parseCaptured(readFileSync(file)) };
  const receivedAt = asOf(options.at);
  const step: Step = (name, said) => terminal.print(`${name.padEnd(10)} ${said}`);

  step('delivery', `${Object.keys(captured.headers).length} headers, ${captured.body.length} bytes`);
  if (await isQuestion(provider, captured, receivedAt, step)) return;
  const verified = await authenticate(provider, captured, receivedAt, step);
  const claims = claimsOf(captured.body);
  if (claims) step('claims', `ok: ${claims}`);

  // The command needs no log, so it makes ids without a secret.
  const namer = new Namer({ secret: '', hasFormer: false });
  const looking = { provider, options, step, terminal, place: { source, receivedAt, namer } };
  if (challenged(provider, verified, captured, receivedAt, step)) return;
  const parts = partsIn(provider, verified);
  if (parts === null) return fail([show(verified, looking)]);
  if (!isList(parts)) {
    step('events', `can't be told apart: ${parts.message}`);
    throw new CommandError('The delivery is authentic and does not fit: the whole delivery would wait in quarantine.');
  }
  step('events', `${parts.length} in one delivery`);
  fail(parts.map((part) => show(part, looking)));
}

interface Looking {
  readonly provider: Provider;
  readonly options: VerifyOptions;
  readonly step: Step;
  readonly terminal: Terminal;
  readonly place: { readonly source: string; readonly receivedAt: number; readonly namer: Namer };
}

/** Shows the result for one event. Returns whether it fits. */
function show(verified: Verified, { provider, options, step, terminal, place }: Looking): boolean {
  const normalised = normalise(provider, verified, place);
  switch (normalised.outcome) {
    case 'pong':
      step('event', "none: a provider's check that the gateway answers, answered and not recorded");
      return true;
    case 'ignored':
      step('event', `none: ignored, ${normalised.reason}${normalised.tenant ? ` (${normalised.tenant})` : ''}`);
      return true;
    case 'unfit':
      step('schema', `does not fit ${normalised.type ?? 'what the provider sends'}:`);
      for (const { path, message } of normalised.issues) step('', `  ${path || '(the whole)'}: ${message}`);
      return false;
    case 'event': {
      const { event } = normalised;
      const hasSchema = provider.expectedFields(event.type) !== null;
      step('schema', hasSchema ? `fits ${event.type}` : `${event.type} has none: it is recorded as it is`);
      step('event', `${event.shape}${normalised.erases ? ', a privacy request: erases personal data' : ''}`);
      if (isDerived(event.eventId)) step('id', 'the provider sends none: each log makes another, with its own secret');
      printJson(shown(event, options.personal), terminal);
      return true;
    }
  }
}

/** @param fits for each event of the delivery, whether it fits. */
function fail(fits: readonly boolean[]): void {
  const unfit = fits.filter((one) => !one).length;
  if (unfit === 0) return;
  const which =
    fits.length === 1 ? 'does not fit: it' : `${unfit} of its ${fits.length} events do not fit: each of these`;
  throw new CommandError(`The delivery is authentic and ${which} would wait in quarantine.`);
}

function challenged(
  provider: Provider,
  verified: Verified,
  captured: Captured,
  receivedAt: number,
  step: Step,
): boolean {
  const answer = answerToSigned(provider, verified, { ...captured, receivedAt });
  if (answer === null) return false;
  step('event', QUESTION);
  return true;
}

/** Whether the delivery is an unsigned question. It is checked first, as in the gateway. */
async function isQuestion(provider: Provider, captured: Captured, receivedAt: number, step: Step): Promise<boolean> {
  // The check of the signature reports a refusal once more, with its reason.
  const answer = await answerTo(provider, { ...captured, receivedAt }, { isTrial: true }).catch(() => null);
  if (answer === null) return false;
  step('signature', 'not needed');
  step('event', QUESTION);
  return true;
}

function isList(parts: ReturnType<typeof partsIn>): parts is readonly Verified[] {
  return Array.isArray(parts);
}

async function authenticate(provider: Provider, captured: Captured, receivedAt: number, step: Step): Promise<Verified> {
  try {
    const verified = await verifyWith(provider, { ...captured, receivedAt });
    step('signature', 'ok');
    return verified;
  } catch (error) {
    if (error instanceof VerifierError) throw failure(error, step);
    if (!(error instanceof HookcastError)) throw error;
    for (const at of signedAt(captured)) {
      if (!(await isAuthentic(provider, captured, at))) continue;
      step('signature', 'ok');
      step('time', `failed: ${error.message}`);
      throw new CommandError(`It was valid at ${toText(at)}: check it with --at.`);
    }
    step('signature', `failed: ${error.message}`);
    for (const { how, ...variant } of mended(captured)) {
      if (!(await isAuthentic(provider, variant, receivedAt))) continue;
      throw new CommandError(`The body is authentic ${how}: the file differs from the bytes that were sent.`);
    }
    if (provider.bringsUnder) {
      throw new CommandError(
        'The secrets that the sender has sent are in the log, which this command doesn’t open: only a gateway can check them.',
      );
    }
    throw new CommandError('The delivery would be answered 401 or 400, and not recorded.');
  }
}

/** The error is shown completely, since the reader develops the verifier. */
function failure({ cause }: VerifierError, step: Step): CommandError {
  const thrown = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  step('signature', 'failed: the verifier threw');
  for (const line of thrown.split('\n')) step('', `  ${line}`);
  return new CommandError(
    'The delivery would be answered 401. Fix the verifier, or let it call refuse() for deliveries that it does not accept.',
  );
}

async function isAuthentic(provider: Provider, captured: Captured, receivedAt: number): Promise<boolean> {
  try {
    await verifyWith(provider, { ...captured, receivedAt });
    return true;
  } catch {
    return false;
  }
}

/** The times at which a delivery says it was signed, to tell an old delivery from a forged one. */
function signedAt({ headers, body }: Captured): number[] {
  const times: number[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (!/timestamp|signature/.test(name)) continue;
    for (const [digits] of value.matchAll(/\b\d{10}(?:\d{3})?\b/g)) {
      times.push(Number(digits) * (digits.length === 10 ? 1000 : 1));
    }
  }
  const issued = decoded(body)?.iat;
  if (issued) times.push(issued * 1000);
  return times;
}

function claimsOf(body: Buffer): string | null {
  const claims = decoded(body);
  if (!claims) return null;
  const { iat, exp } = claims;
  return `issued ${iat ? toText(iat * 1000) : 'at no time'}, ${exp ? `expires ${toText(exp * 1000)}` : 'never expires'}`;
}

function decoded(body: Buffer): ReturnType<typeof decodeJwt> | null {
  try {
    return decodeJwt(body.toString('latin1').trim());
  } catch {
    return null;
  }
}

function asOf(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const at = parseInstant(text)?.at;
  if (at === undefined) throw new CommandError('--at: expected a time like 2026-11-22T10:45:00Z.');
  return at;
}

function shown({ personal, raw: _raw, traces: _traces, ...event }: NewEvent, isPersonal: boolean): unknown {
  return {
    ...event,
    receivedAt: toText(event.receivedAt),
    personal: isPersonal || personal === null ? personal : '(withheld: --personal shows it)',
  };
}

function toText(at: number): string {
  return new Date(at).toISOString();
}
