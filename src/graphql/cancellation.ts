import type { EnumRef } from '@pothos/core';
import type { DisclosedEvent } from '../auth/viewer.ts';
import { enumOf } from '../declaration/member.ts';
import type { Kind } from '../events/cancellation.ts';
import { Cancellation, cancellationKind } from '../types/cancellation.ts';
import type { Declared, SchemaOf } from './declared.ts';

export type CancellationEvent = DisclosedEvent & { readonly kind: Kind };
export type CancellationTypes = ReturnType<typeof cancellationTypes>;

/** The declared types that lists, filters and counts of cancellations need. */
export function cancellationTypes(declared: Declared) {
  return {
    Cancellation: declared.interface<CancellationEvent>(Cancellation),
    Kind: declared.enum(enumOf(cancellationKind)) as EnumRef<SchemaOf, Kind>,
  };
}
