import { z } from 'zod';

/** The result of a written check for a value that does not fit. The schema itself then says why. */
export const UNFIT = Symbol('does not fit');

export type WrittenCheck = (value: unknown) => unknown;

type Schema = z.core.$ZodType;
/** The code to run if a value does not fit: it leaves the check, or tries an alternative. */
type Otherwise = string;
type Def = z.core.$ZodTypeDef & Readonly<Record<string, unknown>>;

/**
 * Writes a schema as straight code. zod's own (`z.compile`) nests a function for each member, and makes each of an event's
 * sixty again for each delivery: that was a tenth of all the work. Parts that are not written here are left to zod's code.
 *
 * @returns null if Node was started with an option that forbids code from strings, and for a schema that contains itself.
 */
export function writeCheck(schema: z.ZodType): WrittenCheck | null {
  try {
    const writing = new Writing();
    const made = writing.check(schema, 'input', 'return UNFIT;');
    const code = `return (input) => { ${writing.declared}\n${writing.lines.join('\n')}\nreturn ${made}; };`;
    // Of the declaration's own names alone, each as a literal: nothing that a provider sends is ever code.
    // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-call
    return new Function('UNFIT', 'known', code)(UNFIT, writing.known) as WrittenCheck;
  } catch {
    return null;
  }
}

class Writing {
  readonly lines: string[] = [];
  /** The values that the code refers to, by index. */
  readonly known: unknown[] = [];
  readonly #within = new Set<Schema>();
  readonly #compiled = new Map<Schema, string>();
  #names = 0;

  get declared(): string {
    return this.#names === 0 ? '' : `let ${Array.from({ length: this.#names }, (_, name) => `v${name}`).join(', ')};`;
  }

  /** Writes the check of a value, and returns the name of its output. */
  check(schema: Schema, value: string, otherwise: Otherwise): string {
    if (this.#within.has(schema)) throw new Error('a schema contains itself');
    this.#within.add(schema);
    try {
      const def = innerOf(schema).def as Def;
      const refinements = predicatesOf(def);
      const made = refinements && this.#type(schema, def, value, otherwise);
      if (refinements === null || made === null) return this.#asZod(schema, value, otherwise);
      for (const refinement of refinements) {
        this.lines.push(`if (!${this.#called(refinement, made)}) ${otherwise}`);
      }
      return made;
    } finally {
      this.#within.delete(schema);
    }
  }

  /** Returns null if the type is left to zod. Then nothing was written. */
  #type(schema: Schema, def: Def, value: string, otherwise: Otherwise): string | null {
    if (def['coerce'] !== undefined || def['format'] !== undefined) return null;
    const type: string = def.type;
    switch (type) {
      case 'string':
        return this.#unless(`typeof ${value} === 'string'`, value, otherwise);
      case 'boolean':
        return this.#unless(`typeof ${value} === 'boolean'`, value, otherwise);
      case 'number':
        return this.#unless(`typeof ${value} === 'number' && Number.isFinite(${value})`, value, otherwise);
      case 'null':
        return this.#unless(`${value} === null`, value, otherwise);
      case 'any':
      case 'unknown':
        return value;
      case 'enum':
      case 'literal':
        if (innerOf(schema).values === undefined) return null;
        return this.#unless(`${this.#constant(innerOf(schema).values)}.has(${value})`, value, otherwise);
      case 'nullable':
        return this.#around(`${value} !== null`, 'null', def['innerType'] as Schema, value, otherwise);
      case 'optional': {
        const inner = def['innerType'] as Schema;
        const isExact = innerOf(schema).traits.has('$ZodExactOptional');
        if (isExact || innerOf(inner).optin === 'defaulted') return null;
        return this.#around(`${value} !== undefined`, 'undefined', inner, value, otherwise);
      }
      case 'default':
        return this.#default(def, value, otherwise);
      case 'prefault': {
        const given = this.#name();
        this.lines.push(`${given} = ${value} === undefined ? ${this.#constant(def)}.defaultValue : ${value};`);
        return this.check(def['innerType'] as Schema, given, otherwise);
      }
      case 'object':
        return def['catchall'] === undefined ? this.#object(def['shape'] as z.core.$ZodShape, value, otherwise) : null;
      case 'array':
        return this.#array(def['element'] as Schema, value, otherwise);
      case 'union':
        if (def['inclusive'] === false || def['discriminator'] !== undefined) return null;
        return this.#union(def['options'] as readonly Schema[], value, otherwise);
      case 'pipe':
        if (def['transform'] !== undefined || def['reverseTransform'] !== undefined) return null;
        return this.check(def['out'] as Schema, this.check(def['in'] as Schema, value, otherwise), otherwise);
      case 'transform':
        return this.#transform(def['transform'] as (value: unknown) => unknown, value);
      case 'catch':
        return this.#catch(schema, def['innerType'] as Schema, value, otherwise);
      default:
        return null;
    }
  }

  #unless(condition: string, value: string, otherwise: Otherwise): string {
    this.lines.push(`if (!(${condition})) ${otherwise}`);
    return value;
  }

  #around(condition: string, instead: string, inner: Schema, value: string, otherwise: Otherwise): string {
    const made = this.#name();
    this.lines.push(`${made} = ${instead};`, `if (${condition}) {`);
    this.lines.push(`${made} = ${this.check(inner, value, otherwise)};`, '}');
    return made;
  }

  #default(def: Def, value: string, otherwise: Otherwise): string {
    const made = this.#name();
    const given = `${this.#constant(def)}.defaultValue`;
    this.lines.push(`${made} = undefined;`, `if (${value} !== undefined) {`);
    this.lines.push(`${made} = ${this.check(def['innerType'] as Schema, value, otherwise)};`, '}');
    this.lines.push(`if (${made} === undefined) ${made} = ${given};`);
    return made;
  }

  /** Which members there are in the end, and which of them may be missing, is what zod's `handlePropertyResult` says. */
  #object(shape: z.core.$ZodShape, value: string, otherwise: Otherwise): string | null {
    const members = Object.entries(shape);
    if (Object.getOwnPropertySymbols(shape).length > 0 || Object.hasOwn(shape, '__proto__')) return null;
    this.#unless(`typeof ${value} === 'object' && ${value} !== null && !Array.isArray(${value})`, value, otherwise);
    const literal: string[] = [];
    const sure: string[] = [];
    const oneByOne: string[] = [];
    const made = this.#name();
    for (const [name, member] of members) {
      const { optin, optout } = innerOf(member);
      const key = JSON.stringify(name);
      const isThere = `${key} in ${value}`;
      const given = this.#name();
      this.lines.push(`${given} = ${value}[${key}];`);
      const output = this.#member(member, given, isThere, otherwise);
      literal.push(`${key}: ${output}`);
      if (optin === undefined || (optin === 'defaulted' && optout !== 'optional')) {
        oneByOne.push(`${made}[${key}] = ${output};`);
      } else {
        const isKept = isWaived(member) && optin === 'optional' ? isThere : `${output} !== undefined || ${isThere}`;
        sure.push(`(${isKept})`);
        oneByOne.push(`if (${isKept}) ${made}[${key}] = ${output};`);
      }
    }
    // Members that may be missing are mostly present, and an object literal with all of them takes a fraction of the time.
    const atOnce = `${made} = { ${literal.join(', ')} };`;
    if (sure.length === 0) this.lines.push(atOnce);
    else this.lines.push(`if (${sure.join(' && ')}) ${atOnce}`, `else { ${made} = {}; ${oneByOne.join(' ')} }`);
    return made;
  }

  #member(member: Schema, given: string, isThere: string, otherwise: Otherwise): string {
    if (innerOf(member).optin === undefined) this.lines.push(`if (!(${isThere})) ${otherwise}`);
    if (!isWaived(member)) return this.check(member, given, otherwise);
    // What does not fit is passed over where the member is missing, since what is missing need not fit.
    const made = this.#name();
    const label = `l${made}`;
    this.lines.push(`${made} = undefined;`, `${label}: {`);
    const output = this.check(member, given, `{ if (${isThere}) ${otherwise} break ${label}; }`);
    this.lines.push(`${made} = ${output};`, '}');
    return made;
  }

  #array(element: Schema, value: string, otherwise: Otherwise): string {
    const [made, index, item] = [this.#name(), this.#name(), this.#name()];
    this.#unless(`Array.isArray(${value})`, value, otherwise);
    this.lines.push(`${made} = new Array(${value}.length);`);
    this.lines.push(`for (${index} = 0; ${index} < ${value}.length; ${index} += 1) {`, `${item} = ${value}[${index}];`);
    this.lines.push(`${made}[${index}] = ${this.check(element, item, otherwise)};`, '}');
    return made;
  }

  /** The output of the first option that fits. */
  #union(options: readonly Schema[], value: string, otherwise: Otherwise): string {
    const made = this.#name();
    this.lines.push(`u${made}: {`);
    for (const [index, option] of options.entries()) {
      this.lines.push(`o${made}_${index}: {`);
      const output = this.check(option, value, `break o${made}_${index};`);
      this.lines.push(`${made} = ${output};`, `break u${made};`, '}');
    }
    this.lines.push(otherwise, '}');
    return made;
  }

  #transform(transform: (value: unknown) => unknown, value: string): string | null {
    // Another parameter is where it would say what does not fit.
    return transform.length === 1 ? this.#called(transform, value) : null;
  }

  #catch(schema: Schema, inner: Schema, value: string, otherwise: Otherwise): string {
    const made = this.#name();
    this.lines.push(`c${made}: {`, `i${made}: {`);
    this.lines.push(`${made} = ${this.check(inner, value, `break i${made};`)};`, `break c${made};`, '}');
    // Seldom, so that nothing is compiled for it.
    this.lines.push(`${made} = ${this.#parsed(this.#constant(schema), value, otherwise)};`, '}');
    return made;
  }

  /** The result of a function of the schema's author. If it throws, the check throws too, as zod's would. */
  #called(work: unknown, value: string): string {
    const made = this.#name();
    // If it is a promise, zod reports the error.
    this.lines.push(`${made} = ${this.#constant(work)}(${value});`, `if (${made} instanceof Promise) return UNFIT;`);
    return made;
  }

  #asZod(schema: Schema, value: string, otherwise: Otherwise): string {
    const compiled = this.#compiled.get(schema) ?? this.#constant(z.compile(schema as z.ZodType));
    this.#compiled.set(schema, compiled);
    return this.#parsed(compiled, value, otherwise);
  }

  #parsed(schema: string, value: string, otherwise: Otherwise): string {
    const parsed = this.#name();
    this.lines.push(`${parsed} = ${schema}.safeParse(${value});`, `if (!${parsed}.success) ${otherwise}`);
    return `${parsed}.data`;
  }

  #constant(value: unknown): string {
    return `known[${this.known.push(value) - 1}]`;
  }

  #name(): string {
    this.#names += 1;
    return `v${this.#names - 1}`;
  }
}

function innerOf({ _zod }: Schema) {
  return _zod;
}

/** Whether a member may be missing even if a missing value does not fit its schema. */
function isWaived(schema: Schema): boolean {
  const { optin, optout } = innerOf(schema);
  return optin !== undefined && optout === 'optional';
}

/** What a schema's own checks ask of the output, where all of them only say yes or no; null where one is another. */
function predicatesOf({ checks = [] }: Def): readonly unknown[] | null {
  const found: unknown[] = [];
  for (const { _zod } of checks) {
    const { check, fn, when } = _zod.def as unknown as Readonly<Record<string, unknown>>;
    if (check !== 'custom' || typeof fn !== 'function' || when !== undefined) return null;
    found.push(fn);
  }
  return found;
}
