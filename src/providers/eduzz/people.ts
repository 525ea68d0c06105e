import { z } from 'zod';
import type { Person } from '../../events/person.ts';
import type { Checks } from '../checks.ts';
import { isObject } from '../payload.ts';
import { phone, secondaryId, text } from './payload.ts';

/** Members of `data` that are people whom an event is about. Producers and affiliates do business in it. */
const ROLES = ['buyer', 'customer', 'financialResponsible', 'student', 'learner', 'participant'];

/** As much of them as is of a form that is known. */
const somebody = z
  .object({ name: text, email: text, phone, id: secondaryId })
  .transform(({ id, ...known }): Person => ({ ...known, externalId: id }));

/** The people whom an event of any type is about: what is known of them is found by their ids and addresses. */
export function peopleIn(data: unknown, checks: Checks): Person[] {
  if (!isObject(data)) return [];
  const several = Array.isArray(data['participants']) ? (data['participants'] as unknown[]) : [];
  return [...ROLES.map((role) => data[role]), ...several]
    .filter((value) => isObject(value))
    .flatMap((value) => checks.safeParse(somebody, value).data ?? []);
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
