import { isObject, type JsonObject } from '../providers/payload.ts';

/** The largest depth of schemas inside schemas, since a schema that contains itself has no end. */
const DEEPEST = 8;
/** Sample values of the formats that drafts tell apart. No draft contains them. */
const BY_FORMAT: ReadonlyMap<unknown, string> = new Map([
  ['date-time', '2026-01-01T00:00:00Z'],
  ['email', 'someone@example.com'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
]);

/** The payloads that the `webhooks` of an OpenAPI 3.1 document describe, each with the name of its event. */
export function* webhookPayloads(document: JsonObject): Generator<readonly [event: string, payload: JsonObject]> {
  const webhooks = objectAt(document, 'webhooks') ?? {};
  for (const [event, entry] of Object.entries(webhooks)) {
    const item = resolve(entry, document);
    const request = resolve(objectAt(item, 'post')?.['requestBody'], document);
    const content = objectAt(objectAt(request, 'content'), 'application/json');
    if (!content) continue;
    for (const payload of payloadsOf(content, document)) if (isObject(payload)) yield [event, payload];
  }
}

/** Made from the schema, or from examples if there is no usable schema. */
function payloadsOf(content: JsonObject, document: JsonObject): unknown[] {
  const schema = resolve(content['schema'], document);
  const described = [fromSchema(schema, document, true), fromSchema(schema, document, false)].filter(isObject);
  if (described.some((payload) => Object.keys(payload).length > 0)) return described;
  const named = Object.values(objectAt(content, 'examples') ?? {}).map(
    (example) => objectAt({ example: resolve(example, document) }, 'example')?.['value'],
  );
  const ofSchema = Array.isArray(schema['examples']) ? schema['examples'] : [];
  return [content['example'], schema['example'], ...named, ...ofSchema];
}

/** A value that fits a schema: with all members, or with the required ones only. */
function fromSchema(given: unknown, document: JsonObject, isFull: boolean, depth = 0): unknown {
  const schema = resolve(given, document);
  if (depth > DEEPEST) return null;
  const within = (inner: unknown) => fromSchema(inner, document, isFull, depth + 1);
  const types = [schema['type']].flat();
  const choices = [schema['oneOf'] ?? [], schema['anyOf'] ?? []].flat();
  if (!isFull && (types.includes('null') || schema['nullable'] === true || choices.some(isNull))) return null;
  if (Array.isArray(schema['allOf'])) return Object.assign({}, ...schema['allOf'].map(within).filter(isObject));
  const choice = choices.find((one) => !isNull(one));
  if (choice !== undefined) return within(choice);
  const properties = objectAt(schema, 'properties');
  if (properties || types.includes('object')) {
    const required = [schema['required'] ?? []].flat();
    const wanted = Object.entries(properties ?? {}).filter(([name]) => isFull || required.includes(name));
    return Object.fromEntries(wanted.map(([name, member]) => [name, within(member)]));
  }
  if (types.includes('array')) return isFull || depth > 0 ? [within(schema['items'])] : [];
  if (types.includes('integer')) return 1;
  if (types.includes('number')) return 1.5;
  if (types.includes('boolean')) return true;
  if (types.includes('string') || Array.isArray(schema['enum'])) return BY_FORMAT.get(schema['format']) ?? 'a text';
  return null;
}

function isNull(schema: unknown): boolean {
  return isObject(schema) && schema['type'] === 'null';
}

/** The target of a reference within the document (RFC 6901), or the schema itself if it is no reference. */
function resolve(given: unknown, document: JsonObject, hops = 0): JsonObject {
  if (!isObject(given)) return {};
  const ref = given['$ref'];
  if (typeof ref !== 'string' || hops > DEEPEST) return given;
  const path = ref.startsWith('#/') ? ref.slice(2).split('/') : [];
  const target = path.reduce<unknown>((at, part) => {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    return isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }, document);
  return resolve(target, document, hops + 1);
}

function objectAt(of: JsonObject | null | undefined, name: string): JsonObject | null {
  const value = of?.[name];
  return isObject(value) ? value : null;
}
