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
  .transform(({ id, name, email, phone }): Person => ({ name, email, phone, externalId: id }));

/** The people whom an event of any type is about: what is known of them is found by their ids and addresses. */
export function peopleIn(data: unknown, checks: Checks): Person[] {
  if (!isObject(data)) return [];
  const people: Person[] = [];
  const add = (value: unknown) => {
    const known = isObject(value) ? checks.safeParse(somebody, value).data : undefined;
    if (known) people.push(known);
  };
  for (const role of ROLES) add(data[role]);
  const several = data['participants'];
  if (Array.isArray(several)) for (const one of several) add(one);
  return people;
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
