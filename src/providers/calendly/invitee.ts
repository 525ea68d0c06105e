import type { z } from 'zod';
import type { Person } from '../../events/person.ts';
import type { anyResource } from './payload.ts';

export function personOf({ uri, name, email }: Pick<z.infer<typeof anyResource>, 'uri' | 'name' | 'email'>): Person {
  return { name: name ?? null, email: email ?? null, phone: null, externalId: lastPart(uri) };
}

/** The last part of an id that is a URL, since only this part differs between ids. Null if the value is no such URL. */
export function lastPart(value: unknown): string | null {
  return typeof value === 'string' ? (/\/([\w-]{1,128})$/.exec(value)?.[1] ?? null) : null;
}
