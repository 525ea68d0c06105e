import { type JsonObject, isObject } from '../providers/payload.ts';

type Path = readonly (string | number)[];

/** Values that replace a member, one of each JSON type. */
const ODD: readonly unknown[] = [null, true, 7.5, 'odd', ['odd'], { odd: 'odd' }];

/** Replaces each member of a payload in turn by values of every other JSON type. In a list, only the first item is replaced. */
export function* oddly(payload: JsonObject): Generator<{ readonly path: string; readonly payload: JsonObject }> {
  for (const path of pathsIn(payload)) {
    const was = path.reduce<unknown>((inside, step) => (inside as JsonObject)[step], payload);
    for (const odd of ODD) {
      if (kindOf(odd) === kindOf(was)) continue;
      yield { path: path.join('.'), payload: replaced(payload, path, odd) as JsonObject };
    }
  }
}

function* pathsIn(value: unknown, under: Path = []): Generator<Path> {
  if (under.length > 0) yield under;
  if (Array.isArray(value)) {
    if (value.length > 0) yield* pathsIn(value[0], [...under, 0]);
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) yield* pathsIn(member, [...under, name]);
  }
}

/** A copy of `holder` with another value at a path. */
export function replaced(holder: unknown, [step, ...inside]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(holder))
    return holder.map((item, index) => (index === step ? replaced(item, inside, value) : item));
  return { ...(holder as JsonObject), [step]: replaced((holder as JsonObject)[step], inside, value) };
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}
