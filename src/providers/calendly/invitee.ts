import type { z } from 'zod';
import type { Person } from '../../events/person.ts';
import type { anyResource } from './payload.ts';

export function personOf({ uri, name, email }: Pick<z.infer<typeof anyResource>, 'uri' | 'name' | 'email'>): Person {
  return { name: name ?? null, email: email ?? null, phone: null, externalId: lastPart(uri) };
}

/** Of an id that is a URL, what differs. Null for what is none. */
export function lastPart(value: unknown): string | null {
  return typeof value === 'string' ? (/\/([\w-]{1,128})$/.exec(value)?.[1] ?? null) : null;
}
