import { z } from 'zod';
import type { Person } from '../../events/person.ts';
import type { Checks } from '../checks.ts';
import { isObject } from '../payload.ts';
import { phone, secondaryId, text } from './payload.ts';

/** Members of `data` that hold the people whom an event is about. Producers and affiliates are left out: they do business in it. */
const ROLES = ['buyer', 'customer', 'financialResponsible', 'student', 'learner', 'participant'];

/** Members in an unknown form are ignored. */
const somebody = z
  .object({ name: text, email: text, phone, id: secondaryId })
  .transform(({ id, name, email, phone }): Person => ({ name, email, phone, externalId: id }));

/** The people whom an event of any type is about. Their ids and addresses find what is stored about them. */
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

/** Converts a person that a schema has read. */
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
