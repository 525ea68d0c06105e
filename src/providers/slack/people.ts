import type { Person } from '../../events/person.ts';
import { type JsonObject, isObject } from '../payload.ts';

/** Members that name a person, by id or as an object. */
const NAMING = ['user', 'item_user', 'inviter'] as const;

/** The people that a payload names in the known places. An erasure finds the event by them. */
export function peopleIn(payload: JsonObject): readonly Person[] {
  const { event, message, user_id: userId, user_name: userName } = payload;
  const inner = isObject(event) ? [event, event['message'], event['previous_message']] : [];
  const people = [payload, message, ...inner]
    .filter(isObject)
    .flatMap((holder) => NAMING.map((member) => personIn(holder[member])));
  const commander = typeof userId === 'string' ? personIn({ id: userId, name: userName }) : null;
  return [...people, commander].filter((person) => person !== null);
}

function personIn(value: unknown): Person | null {
  if (typeof value === 'string' && value !== '') return personIn({ id: value });
  if (!isObject(value)) return null;
  const profile = isObject(value['profile']) ? value['profile'] : {};
  return {
    name: textOf(profile['real_name']) ?? textOf(value['real_name']) ?? textOf(value['name']),
    email: textOf(profile['email']),
    phone: textOf(profile['phone']),
    externalId: textOf(value['id']),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
