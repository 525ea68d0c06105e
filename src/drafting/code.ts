/** A member of a type: how it is declared, what the mapping gives for it, and why. */
export interface Field {
  readonly name: string;
  readonly declared: string;
  readonly give: (of: string) => string;
  readonly why: string | null;
}

/** A text as a string literal in code. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

/** Code that reads a member: `body.data`, `body['check-in']`. */
export function member(of: string, name: string): string {
  return isIdentifier(name) ? `${of}.${name}` : `${of}[${quoted(name)}]`;
}

/** The name of a member as a key in code, quoted if necessary. */
export function key(name: string): string {
  return isIdentifier(name) ? name : quoted(name);
}

function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name);
}

/** Lines between braces, indented by one level. */
export function block(open: string, lines: readonly string[], close: string): string {
  if (lines.length === 0) return `${open}${close}`;
  return [open, ...lines.map((line) => line.replaceAll(/^/gm, '  ')), close].join('\n');
}

export function objectOf(sent: Iterable<readonly [string, string]>): string {
  return block(
    'z.object({',
    [...sent].map(([name, schema]) => `${key(name)}: ${schema},`),
    '})',
  );
}

/** The members of a type, each with its reason. */
export function declaredOf(fields: readonly Field[]): string {
  const lines = fields.flatMap(({ name, declared, why }) => [
    ...(why === null ? [] : [`// ${name}: ${why}.`]),
    `${name}: ${declared},`,
  ]);
  return block('z.object({', lines, '})');
}

/** The code of the object that a mapping returns. */
export function given(fields: readonly Field[], of: string): string {
  return block(
    '{',
    fields.map(({ name, give }) => `${name}: ${give(of)},`),
    '}',
  );
}
