import type { OperationDefinitionNode } from 'graphql';
import { HookcastError } from '../errors.ts';

type Variables = Readonly<Record<string, unknown>>;

/** The deepest nesting of a variable. No input type of the schema needs more than three levels. */
const DEEPEST = 32;

/**
 * Only the variables that the document declares. Others have no effect, but would stay in memory while the operation runs.
 *
 * @throws {HookcastError} BAD_REQUEST if one is nested too deeply. The scalar `_Any` takes any object, and to write tens of
 *   thousands of levels as text exhausts the stack.
 */
export function declaredOf({ variableDefinitions = [] }: OperationDefinitionNode, given: Variables): Variables {
  const declared: Record<string, unknown> = Object.create(null);
  for (const { variable } of variableDefinitions) {
    const name = variable.name.value;
    if (!Object.hasOwn(given, name)) continue;
    if (isDeeper(given[name], DEEPEST))
      throw new HookcastError('BAD_REQUEST', `The variable "${name.slice(0, 100)}" is nested too deeply.`);
    declared[name] = given[name];
  }
  return declared;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
