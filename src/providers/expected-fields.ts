import { z } from 'zod';

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node;
  readonly items?: Node;
  readonly prefixItems?: readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly not?: Node;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Node>>;
}
type Node = JsonSchema | boolean;

/** The keywords by which a schema restricts its value. */
const CONSTRAINTS = ['type', 'anyOf', 'oneOf', 'allOf', 'enum', 'const', 'not', '$ref'] as const;

interface Walk {
  readonly root: JsonSchema;
  readonly fields: Set<string>;
  /** The references under way: a recursive schema would be followed forever. */
  readonly following: readonly string[];
}

/**
 * The fields that a schema expects, as paths: `participant.tags[].title`. `*` stands for any name. If a field may be null, its
 * path is there once more with `=null` after it. `customFields.**` says that everything below is expected.
 *
 * @param at the path in the payload to which the schema applies.
 */
export function fieldsOf(schema: z.ZodType, at: readonly string[] = []): ReadonlySet<string> {
  const fields = new Set<string>();
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  for (let depth = 1; depth <= at.length; depth += 1) fields.add(at.slice(0, depth).join('.'));
  walk(root, at.join('.'), { root, fields, following: [] });
  return fields;
}

function walk(node: Node, path: string, walked: Walk): void {
  const { fields } = walked;
  if (path !== '') fields.add(path);
  if (node === false) return;
  if (node === true || CONSTRAINTS.every((constraint) => node[constraint] === undefined)) {
    fields.add(join(path, '**'));
    if (path !== '') fields.add(`${path}=null`);
    return;
  }
  if (node.$ref !== undefined) return follow(node.$ref, path, walked);
  if (path !== '' && mayBeNull(node)) fields.add(`${path}=null`);
  for (const part of [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])]) walk(part, path, walked);
  for (const [name, member] of Object.entries(node.properties ?? {})) walk(member, join(path, name), walked);
  for (const item of [...(node.prefixItems ?? []), ...(node.items === undefined ? [] : [node.items])]) {
    walk(item, `${path}[]`, walked);
  }
  const { additionalProperties: others } = node;
  if (others === undefined || others === false) return;
  // The schema accepts any members under any name: a loose object, or a map of unknown values.
  if (others === true || Object.keys(others).length === 0) fields.add(join(path, '**'));
  else walk(others, join(path, '*'), walked);
}

/** A recursive schema has no end: from the second time on, anything is expected. */
function follow(ref: string, path: string, walked: Walk): void {
  const { root, fields, following } = walked;
  const target = ref === '#' ? root : root.$defs?.[ref.replace('#/$defs/', '')];
  if (target === undefined || following.includes(ref) || (ref === '#' && path !== '')) {
    fields.add(join(path, '**'));
    return;
  }
  walk(target, path, { ...walked, following: [...following, ref] });
}

function mayBeNull({ type, const: only, enum: some }: JsonSchema): boolean {
  return type === 'null' || (Array.isArray(type) && type.includes('null')) || only === null || !!some?.includes(null);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
