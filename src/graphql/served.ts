import type { Member } from '../declaration/member.ts';
import { wholeNumber } from './whole-number.ts';

type Serve = (value: unknown) => unknown;

/**
 * The function that makes the GraphQL value of a stored member. A field that fails would lose its event, and the event its
 * whole list. So a value that can't be served is null, or a blank value if the schema says that it is never null. An older
 * hookcast or another gateway's declaration may have written such a value.
 *
 * @param isWithheld whether the member is null to some viewers.
 */
export function serve(member: Member, isWithheld: boolean): Serve {
  const one = serveOne(member, isWithheld);
  if (!member.isList) return one;
  return (value) => {
    if (Array.isArray(value)) return value.map(one);
    return member.isNullable || isWithheld ? null : [];
  };
}

function serveOne({ of, isList, isNullable, blank }: Member, isWithheld: boolean): Serve {
  const nothing = isList ? NOTHING[of.is] : isNullable || isWithheld ? null : (blank ?? NOTHING[of.is]);
  const fits = fitting(of);
  if (of.is === 'scalar' && of.name === 'DateTime') return (value) => (isTime(value) ? value.at : nothing);
  if (of.is === 'scalar' && of.name === 'BigInt') return (value) => wholeNumber(value as number) ?? nothing;
  return (value) => (fits(value) ? value : nothing);
}

const NOTHING = { scalar: '', enum: null, object: {} };

function fitting(of: Member['of']): (value: unknown) => boolean {
  if (of.is === 'object') return (value) => typeof value === 'object' && value !== null;
  if (of.is === 'enum') {
    const words: ReadonlySet<unknown> = new Set(of.words);
    return (value) => words.has(value);
  }
  const { name } = of;
  if (name === 'JSON') return (value) => value !== undefined;
  if (name === 'ProviderTime') return isTime;
  const type = name === 'Boolean' ? 'boolean' : name === 'Float' ? 'number' : 'string';
  return (value) => typeof value === type;
}

function isTime(value: unknown): value is { readonly at: number; readonly text: string } {
  return typeof value === 'object' && value !== null && Number.isSafeInteger((value as { at?: unknown }).at);
}
