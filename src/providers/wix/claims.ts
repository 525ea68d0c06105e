import { type JsonObject, isObject, parseJson } from '../payload.ts';

/**
 * Wix nests JSON as text inside JSON, three levels deep, and its documents, its SDK and its samples disagree on where.
 * Each level is taken either way: an object as it is, a text parsed, and once more should that give a text again.
 *
 * @returns null when there is no object to be had.
 */
function asObject(value: unknown): JsonObject | null {
  const once = typeof value === 'string' ? parseJson(value) : value;
  const twice = typeof once === 'string' ? parseJson(once) : once;
  return isObject(twice) ? twice : null;
}

/** The members of an event that come as an object under one name or as JSON under the other. */
const DETAILS = [
  ['actionEvent', 'body', 'bodyAsJson'],
  ['createdEvent', 'entity', 'entityAsJson'],
  ['updatedEvent', 'currentEntity', 'currentEntityAsJson'],
  ['deletedEvent', 'deletedEntity', 'deletedEntityAsJson'],
] as const;

/** The claims with every level opened: what is no object stays as it came, for the schema to complain of. */
export function openClaims(claims: JsonObject): JsonObject {
  const outer = asObject(claims['data']);
  if (!outer) return claims;
  const event = asObject(outer['data']);
  return {
    ...claims,
    data: {
      ...outer,
      ...(event && { data: openEvent(event) }),
      ...('identity' in outer && { identity: asObject(outer['identity']) ?? outer['identity'] }),
      ...('accountInfo' in outer && { accountInfo: asObject(outer['accountInfo']) ?? outer['accountInfo'] }),
    },
  };
}

function openEvent(event: JsonObject): JsonObject {
  const opened: Record<string, unknown> = { ...event };
  for (const [member, plain, asJson] of DETAILS) {
    const detail = asObject(event[member]);
    if (!detail) continue;
    const { [plain]: value, [asJson]: text, ...rest } = detail;
    const entity = asObject(value) ?? asObject(text) ?? value ?? text;
    opened[member] = entity === undefined ? rest : { ...rest, [plain]: entity };
  }
  return opened;
}

/** What an opened event is about: the entity that was made, changed or deleted, or what was done with it. */
export function detailOf(event: JsonObject): JsonObject {
  for (const [member, plain] of DETAILS) {
    const detail = event[member];
    if (isObject(detail) && isObject(detail[plain])) return detail[plain];
  }
  return {};
}
