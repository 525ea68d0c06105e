import { momentOf } from './moment.ts';
import { CommandError } from './terminal.ts';

/** The members of `EventFilter`: lists, moments and the search. */
const LISTS = ['providers', 'sources', 'tenants', 'types', 'typenames', 'kinds', 'happened', 'subjects'] as const;
const MOMENTS = ['occurredFrom', 'occurredBefore'] as const;
const SEARCH = 'search';
export const MEMBERS: readonly string[] = [...LISTS, ...MOMENTS, SEARCH];

export interface FilterOptions {
  /** Moments or days in ISO 8601: when the events occurred. */
  readonly since?: string;
  readonly until?: string;
  /** Each in the form `sources=eduzz`, or a whole `EventFilter` as JSON. */
  readonly filter?: readonly string[];
}

type Given = readonly [member: string, value: unknown, option: string];

/** The options of a command as an `EventFilter`. @throws {CommandError} */
export function eventFilterOf({
  since,
  until,
  filter: words = [],
}: FilterOptions): Readonly<Record<string, string | readonly string[]>> {
  const given: Given[] = words.flatMap(membersIn);
  if (since !== undefined) given.push(['occurredFrom', since, '--since']);
  if (until !== undefined) given.push(['occurredBefore', until, '--until']);
  const lists: Record<string, readonly string[]> = {};
  const texts: Record<string, string> = {};
  for (const [member, value, option] of given) {
    if (isOneOf(LISTS, member)) lists[member] = [...(lists[member] ?? []), ...listIn(member, value)];
    else if (texts[member] === undefined) texts[member] = textIn(member, value, option);
    else throw new CommandError(`${option}: an event filter has one "${member}".`);
  }
  const { occurredFrom = '', occurredBefore } = texts;
  if (occurredBefore !== undefined && Date.parse(occurredBefore) <= Date.parse(occurredFrom)) {
    throw new CommandError('--until is not later than --since, so no event would match.');
  }
  return { ...texts, ...lists };
}

function membersIn(word: string): Given[] {
  const option = '--filter';
  if (word.startsWith('{')) {
    const members = Object.entries(objectIn(word)).filter(([, value]) => value !== null);
    for (const [member] of members) assertMember(member);
    return members.map(([member, value]) => [member, value, option]);
  }
  const [, member, value] = /^(\w+)=(.+)$/s.exec(word) ?? [];
  if (member === undefined || value === undefined) {
    throw new CommandError(
      `${option}: expected a member of an event filter and a value, like sources=eduzz, or search="ana silva" in quotes. ${KNOWN}`,
    );
  }
  assertMember(member);
  return [[member, isOneOf(LISTS, member) ? [value] : value, option]];
}

const KNOWN = `The members are ${MEMBERS.join(', ')}.`;

function assertMember(member: string): void {
  if (!isOneOf(MEMBERS, member)) throw new CommandError(`--filter: there is no member "${member}". ${KNOWN}`);
}

function objectIn(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw new CommandError(
      `--filter: expected JSON behind the brace, like '{"sources": ["eduzz"], "search": "ana"}' in quotes.`,
    );
  }
}

function listIn(member: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw new CommandError(`--filter: "${member}" is a list of texts, like {"${member}": ["…"]}.`);
}

function textIn(member: string, value: unknown, option: string): string {
  if (typeof value !== 'string') throw new CommandError(`${option}: "${member}" is a text.`);
  return member === SEARCH ? value : new Date(momentOf(value, option)).toISOString();
}

function isOneOf(members: readonly string[], member: string): boolean {
  return members.includes(member);
}
