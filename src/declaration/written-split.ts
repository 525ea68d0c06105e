import type { Member } from './member.ts';
import type { Split } from './split.ts';

type Members = Readonly<Record<string, unknown>>;

/** What is kept of values besides where they are put. */
export interface Keeping {
  /** Characters of a text in `data`, at most. */
  readonly longestText: number;
  /** A value of `data` with its long texts shortened. */
  readonly short: (value: unknown) => unknown;
  /** Whether members of this name are taken out of `personal`; of some names that depends on what stands beside. */
  readonly isSecretName: (name: string) => boolean;
  /** Whether something in a value is to be taken out. */
  readonly holdsSecret: (value: object) => boolean;
  readonly withoutSecrets: <T extends object>(value: T) => T;
}

/** Puts what an event says where it is kept, with the tenant's name beside what is personal. */
export type WrittenSplit = (event: Members, tenantName: string | null) => Split;

/**
 * `split` written out for one declaration as straight code, with long texts and secrets seen to in the same pass: a quarter of
 * the time, since nothing is looked up by name and no object grows member by member.
 *
 * @returns null where Node was started without leave to make code of texts.
 */
export function writeSplit(members: readonly Member[], keeping: Keeping): WrittenSplit | null {
  const writing = new Writing(keeping);
  const { data, personal } = writing.parted(members, 'event');
  const mayHoldSecret = members.some((member) => isNamedSecret(member, members, keeping)) ? 'true' : 'isSecret';
  const code = `
    const { short, holdsSecret, withoutSecrets } = keeping;
    return (event, tenantName) => {
      const people = [];
      let isSecret = false;
      ${writing.lines.join('\n')}
      const data = ${literal(data)};
      const personal = ${literal([...personal, 'tenantName'])};
      return { data, personal: ${mayHoldSecret} ? withoutSecrets(personal) : personal, people };
    };`;
  try {
    // Of the declaration's own names alone, each as a literal: nothing that a provider sends is ever code.
    // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-call
    return new Function('keeping', code)(keeping) as WrittenSplit;
  } catch {
    return null;
  }
}

class Writing {
  readonly lines: string[] = [];
  readonly #keeping: Keeping;
  #names = 0;

  constructor(keeping: Keeping) {
    this.#keeping = keeping;
  }

  /** The two halves of an object as members of literals, which hold once the lines have run. */
  parted(members: readonly Member[], value: string): { readonly data: string[]; readonly personal: string[] } {
    const [data, personal]: [string[], string[]] = [[], []];
    for (const member of members) {
      const name = JSON.stringify(member.name);
      const given = this.#name();
      this.lines.push(`const ${given} = ${value}[${name}];`);
      if (member.part === 'mixed') {
        const halves = this.#partedMember(member, given);
        data.push(`${name}: ${halves.data}`);
        personal.push(`${name}: ${halves.personal}`);
        continue;
      }
      this.#people(member, given);
      if (member.part === 'open') data.push(`${name}: ${this.#short(given)}`);
      else {
        personal.push(`${name}: ${given}`);
        if (holdsJson(member))
          this.lines.push(
            `if (typeof ${given} === 'object' && ${given} !== null && holdsSecret(${given})) isSecret = true;`,
          );
      }
    }
    return { data, personal };
  }

  /** Both halves of a list are as long as it is, so that they fit together again. */
  #partedMember({ of, isList }: Member, given: string): { readonly data: string; readonly personal: string } {
    const [data, personal] = [this.#name(), this.#name()];
    const members = of.is === 'object' ? of.members : [];
    this.lines.push(`let ${data} = null, ${personal} = null;`, `if (${given} !== null) {`);
    if (isList) {
      const item = this.#name();
      this.lines.push(`${personal} = [];`, `${data} = ${given}.map((${item}) => {`);
      const halves = this.parted(members, item);
      this.lines.push(`${personal}.push(${literal(halves.personal)});`, `return ${literal(halves.data)};`, '});');
    } else {
      const halves = this.parted(members, given);
      this.lines.push(`${data} = ${literal(halves.data)};`, `${personal} = ${literal(halves.personal)};`);
    }
    this.lines.push('}');
    return { data, personal };
  }

  /** Those of a mixed one are come to with its members. */
  #people({ of, isList }: Member, given: string): void {
    if (of.is !== 'object' || !holdsPeople(of.members, of.isPerson)) return;
    const one = isList ? this.#name() : given;
    this.lines.push(`if (${given} !== null && ${given} !== undefined) {`);
    if (isList) this.lines.push(`for (const ${one} of ${given}) {`);
    if (of.isPerson) this.lines.push(`people.push(${one});`);
    else {
      for (const member of of.members) {
        if (member.of.is !== 'object') continue;
        const inner = this.#name();
        this.lines.push(`const ${inner} = ${one}[${JSON.stringify(member.name)}];`);
        this.#people(member, inner);
      }
    }
    if (isList) this.lines.push('}');
    this.lines.push('}');
  }

  #short(given: string): string {
    const { longestText } = this.#keeping;
    const text = `${given}.length > ${longestText} ? short(${given}) : ${given}`;
    return `typeof ${given} === 'string' ? (${text}) : typeof ${given} === 'object' && ${given} !== null ? short(${given}) : ${given}`;
  }

  #name(): string {
    this.#names += 1;
    return `v${this.#names}`;
  }
}

function literal(members: readonly string[]): string {
  return `{ ${members.join(', ')} }`;
}

function holdsPeople(members: readonly Member[], isPerson: boolean): boolean {
  return isPerson || members.some(({ of }) => of.is === 'object' && holdsPeople(of.members, of.isPerson));
}

/** Whether a personal member may hold what no declaration names. */
function holdsJson({ of }: Member): boolean {
  return of.is === 'object' ? of.members.some(holdsJson) : of.is === 'scalar' && of.name === 'JSON';
}

/** Whether the declaration itself names a personal member that is taken out, or may be by what stands beside it. */
function isNamedSecret(member: Member, among: readonly Member[], keeping: Keeping): boolean {
  if (member.part === 'open') return false;
  const isValue = member.name === 'value' && among.some(({ name }) => name === 'key');
  if (isValue || keeping.isSecretName(member.name)) return true;
  const { of } = member;
  return of.is === 'object' && of.members.some((inner) => isNamedSecret(inner, of.members, keeping));
}
