import { type JsonObject, isObject, parseJson } from '../payload.ts';

/**
 * Reads one level of the claims. Wix nests JSON as text inside JSON, three levels deep, and its documents, its SDK and its samples disagree
 * on which levels are text. So each level may be an object or a text, and the text's JSON may be a text again.
 *
 * @returns null if there is no object.
 */
function asObject(value: unknown): JsonObject | null {
  const once = typeof value === 'string' ? parseJson(value) : value;
  const twice = typeof once === 'string' ? parseJson(once) : once;
  return isObject(twice) ? twice : null;
}

/** Members of an event whose detail is an object under the second name, or JSON under the third. */
const DETAILS = [
  ['actionEvent', 'body', 'bodyAsJson'],
  ['createdEvent', 'entity', 'entityAsJson'],
  ['updatedEvent', 'currentEntity', 'currentEntityAsJson'],
  ['deletedEvent', 'deletedEntity', 'deletedEntityAsJson'],
] as const;

/** The claims with every level parsed. A value that is no object stays unchanged, so that the schema reports it. */
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

/** What an opened event is about: the entity that was created, changed or deleted, or the action. */
export function detailOf(event: JsonObject): JsonObject {
  for (const [member, plain] of DETAILS) {
    const detail = event[member];
    if (isObject(detail) && isObject(detail[plain])) return detail[plain];
  }
  return {};
}
