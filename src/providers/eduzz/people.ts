import type { Person } from '../../events/person.ts';
import { isObject } from '../payload.ts';
import { phone, secondaryId, text } from './payload.ts';

/** Members of `data` that are people whom an event is about. Producers and affiliates do business in it. */
const ROLES = ['buyer', 'customer', 'financialResponsible', 'student', 'learner', 'participant'];

/** The people whom an event is about, whatever its type: what is known of them is found by their ids and addresses. */
export function peopleIn(data: unknown): Person[] {
  if (!isObject(data)) return [];
  const several = Array.isArray(data['participants']) ? (data['participants'] as unknown[]) : [];
  return [...ROLES.map((role) => data[role]), ...several].filter((value) => isObject(value)).map(personIn);
}

function personIn(value: Readonly<Record<string, unknown>>): Person {
  return {
    name: text.parse(value['name']),
    email: text.parse(value['email']),
    phone: phone.parse(value['phone']),
    externalId: secondaryId.parse(value['id']),
  };
}

/** Somebody as a schema has read them. */
export function toPerson(
  person:
    | {
        readonly id?: string | null | undefined;
        readonly name?: string | null | undefined;
        readonly email?: string | null | undefined;
        readonly phone: string | null;
      }
    | null
    | undefined,
): Person {
  return {
    name: person?.name ?? null,
    email: person?.email ?? null,
    phone: person?.phone ?? null,
    externalId: person?.id ?? null,
  };
}
