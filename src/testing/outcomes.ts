import assert from 'node:assert/strict';
import type { NewEvent } from '../events/event.ts';
import { VerifierError, normalise, partsIn, verify } from '../providers/ask.ts';
import { Namer } from '../providers/namer.ts';
import { type JsonObject, isObject, sha256Hex } from '../providers/payload.ts';
import type { Arrived, Normalised, Provider, Verified } from '../providers/provider.ts';

/** The time at which each delivery of the contract arrives. */
export const AT = Date.parse('2026-06-01T12:00:00.000Z');

/** The part as it would be with another payload. */
export function withPayload(part: Verified, payload: JsonObject): Verified {
  const text = JSON.stringify(payload);
  return { payload, text, digest: sha256Hex(text), ...(part.id !== undefined && { id: part.id }) };
}

export function memberOf(holder: unknown, name: string): unknown {
  return isObject(holder) ? holder[name] : undefined;
}

export async function refused(provider: Provider, arrived: Arrived): Promise<void> {
  await assert.rejects(
    async () => verify(provider, arrived),
    (error: unknown) => {
      // An unintended error of a verifier also refuses the delivery, but it writes an unwanted line into the log.
      assert.ok(!(error instanceof VerifierError), `the verifier failed: ${String((error as VerifierError).cause)}`);
      return true;
    },
  );
}

export function partsOf(provider: Provider, verified: Verified): readonly Verified[] {
  const parts = partsIn(provider, verified) ?? [verified];
  assert.ok(Array.isArray(parts), `each failed: ${'message' in parts ? parts.message : ''}`);
  return parts as readonly Verified[];
}

export function eventsOf(provider: Provider, verified: Verified): readonly NewEvent[] {
  return partsOf(provider, verified).map((part) => eventOf(provider, part));
}

export function eventOf(provider: Provider, part: Verified): NewEvent {
  const normalised = outcomeOf(provider, part);
  if (normalised.outcome === 'event') return normalised.event;
  throw new assert.AssertionError({ message: `it is ${JSON.stringify(normalised)}` });
}

export function outcomeOf(provider: Provider, part: Verified): Normalised {
  const namer = new Namer({ secret: '', hasFormer: false });
  return normalise(provider, part, { source: 'it', receivedAt: AT, namer });
}

export function withoutRaw({ raw: _raw, ...event }: NewEvent): Omit<NewEvent, 'raw'> {
  return event;
}
