import { type Field, declaredOf, given, member, objectOf } from './code.ts';
import { camel, isOfId, isOfMoney, isOfTime, isTelling, pascal, plain } from './names.ts';
import { type Somebody, givePerson, isText, peopleAmong, personIn } from './people.ts';
import type { Form, Seen } from './seen.ts';

/** Notes a name that the file has to import, and returns the name. */
export type Use = (name: string) => string;

/** The plan of an object: the members of its schema, and of its type. */
export interface ObjectPlan {
  readonly sent: ReadonlyMap<string, string>;
  readonly fields: readonly Field[];
  /** The names of the GraphQL types inside it. */
  readonly types: readonly string[];
}

/** The plan of one value: its schema, its declaration, and the code that its mapping returns. */
interface Plan {
  readonly sent: string;
  readonly declared: string;
  readonly give?: (value: string) => string;
  readonly why?: string;
  /** If it is a list, the schema of its items. */
  readonly items?: string;
  readonly types?: readonly string[];
}

interface Options {
  readonly use: Use;
  /** Names of the fields that every event has. */
  readonly reserved: ReadonlySet<string>;
  readonly without: ReadonlySet<string>;
}

const NUMBERS: readonly Form[] = ['integer', 'seconds', 'decimal'];

/** Plans a type from what was seen at one place of the payloads. */
export function planObject(seen: Seen, { use, reserved, without }: Options): ObjectPlan {
  const sent = new Map<string, string>();
  const fields: Field[] = [];
  const types: string[] = [];
  const done = new Set(without);
  const names = new Set<string>();
  const nameFor = (wanted: string) => {
    const base = reserved.has(wanted) || wanted in Object.prototype ? `sent${pascal(wanted)}` : wanted;
    let name = base;
    for (let more = 2; names.has(name); more += 1) name = `${base}${more}`;
    names.add(name);
    return name;
  };
  const send = (name: string, schema: string) => {
    sent.set(name, seen.mayLack(name) || seen.members.get(name)!.forms.has('empty') ? secondary(schema, use) : schema);
    done.add(name);
  };

  const people = peopleAmong(seen).filter(({ parts }) => [...parts.values()].every((name) => !done.has(name)));
  for (const [name, of] of seen.members) {
    if (done.has(name)) continue;
    const somebody = people.find(({ parts }) => [...parts.values()].includes(name));
    const currency = currencyOf(name, seen);
    if (somebody) {
      for (const part of somebody.parts.values()) send(part, personal(seen.members.get(part)!, use));
      fields.push({
        name: nameFor(camel(somebody.prefix || 'person')),
        declared: use('person'),
        give: (value) => givePerson(somebody, value),
        why: whyPerson(somebody),
      });
    } else if (currency !== null) {
      send(name, use('amount'));
      if (!sent.has(currency)) send(currency, 'z.string()');
      const nullable = [name, currency].filter((part) => sent.get(part)!.startsWith('secondary('));
      fields.push({
        name: nameFor(camel(name)),
        declared: nullable.length > 0 ? `${use('money')}.nullable()` : use('money'),
        give: (value) => {
          const given = `{ amount: ${member(value, name)}, currency: ${member(value, currency)} }`;
          const lacks = nullable.map((part) => `${member(value, part)} === null`).join(' || ');
          return lacks === '' ? given : `${lacks} ? null : ${given}`;
        },
        why: `money, by its name and by ${currency} beside it; if it counts cents, say so`,
      });
    } else if (!isCurrency(name, seen)) {
      const plan = planValue(name, of, use);
      const field = toField(nameFor(camel(name)), name, plan, { seen, use });
      sent.set(name, field.sent);
      fields.push(field);
      types.push(...(plan.types ?? []).map((type) => `${pascal(field.name)}${type}`));
    }
  }
  return { sent, fields, types };
}

function toField(name: string, called: string, plan: Plan, { seen, use }: { seen: Seen; use: Use }) {
  const of = seen.members.get(called)!;
  const isList = plan.items !== undefined;
  const lacks = seen.mayLack(called) || (of.forms.has('empty') && plan.declared !== 'text');
  const { give = (value: string) => value, why = null } = plan;
  // JSON may be null in any case, and a list is empty instead.
  const isNullable = lacks && !isList && plan.declared !== 'json';
  return {
    name,
    sent: !lacks ? plan.sent : isList ? `${use('secondaryList')}(${plan.items})` : secondary(plan.sent, use),
    declared: isNullable ? `${plan.declared}.nullable()` : plan.declared,
    give: (of: string) => {
      const value = member(of, called);
      const given = give(value);
      return isNullable && given !== value ? `${value} && ${given}` : given;
    },
    why,
  };
}

function planValue(name: string, seen: Seen, use: Use): Plan {
  if (seen.is('object')) return planMember(name, seen, use);
  if (seen.is('list')) return planList(name, seen, use);
  if (seen.is('time') || (seen.is('seconds') && isOfTime(name))) {
    const why = seen.is('time') ? 'a time, by its form' : 'a time, by its name and its form';
    return { sent: use('sentInstant'), declared: use('instant'), why };
  }
  if (seen.is('email')) {
    return {
      sent: 'z.string()',
      declared: use('person'),
      give: (value) => `{ email: ${value} }`,
      why: 'a person, by the form',
    };
  }
  if (seen.is('uuid') || (isOfId(name) && seen.is('integer', 'seconds', 'digits', 'uuid', 'word'))) {
    const why = `an id, by its ${isOfId(name) ? 'name' : 'form'}`;
    if (!isTelling(name)) return { sent: use('id'), declared: use('id'), why };
    return {
      sent: use('id'),
      declared: `${use('personal')}(${use('id')})`,
      why: `${why}; and a person's, by its name`,
    };
  }
  if (seen.is('boolean')) return { sent: 'z.boolean()', declared: 'z.boolean()' };
  if (seen.is(...NUMBERS)) return planNumber(name, seen, use);
  // If a double can't hold a number, it arrives as digits. So a member may have both forms.
  if (seen.is('integer', 'seconds', 'digits') && !isText(seen)) {
    return { sent: use('id'), declared: use('text'), why: 'a text, since some values were texts' };
  }
  if (isText(seen) || seen.forms.has('empty')) return { sent: 'z.string()', declared: use('text') };
  const why =
    seen.forms.size > 1 ? 'any JSON, since the values had several forms' : 'any JSON, since all values were null';
  return { sent: 'z.unknown()', declared: use('json'), why };
}

function planNumber(name: string, seen: Seen, use: Use): Plan {
  const isWhole = seen.is('integer', 'seconds');
  const sent = isWhole ? 'z.int()' : 'z.number()';
  const declared = isWhole ? use('whole') : 'z.number()';
  if (isTelling(name)) return { sent, declared: `${use('personal')}(${declared})`, why: 'personal, by its name' };
  if (!isOfMoney(name)) return { sent, declared };
  return { sent, declared, why: 'perhaps money, by its name: if you know its currency, declare it as money' };
}

function planMember(name: string, seen: Seen, use: Use): Plan {
  if (seen.isMap || seen.members.size === 0) {
    return {
      sent: 'z.unknown()',
      declared: use('json'),
      why: 'any JSON, since the names of its members look like values',
    };
  }
  const somebody = personIn(name, seen);
  if (somebody) {
    const sent = [...somebody.parts.values()].map((part): [string, string] => {
      const schema = personal(seen.members.get(part)!, use);
      const isNullable = seen.mayLack(part) || seen.members.get(part)!.forms.has('empty');
      return [part, isNullable ? secondary(schema, use) : schema];
    });
    const left = [...seen.members.keys()].filter((called) => ![...somebody.parts.values()].includes(called));
    return {
      sent: objectOf(sent),
      declared: use('person'),
      give: (value) => givePerson(somebody, value),
      why: whyPerson(somebody) + (left.length > 0 ? `; left out: ${left.join(', ')}` : ''),
    };
  }
  const { sent, fields, types } = planObject(seen, { use, reserved: new Set(), without: new Set() });
  const [only] = fields;
  if (fields.length === 1 && only?.declared === 'money') {
    return {
      sent: objectOf(sent),
      declared: only.declared,
      give: only.give,
      ...(only.why !== null && { why: only.why }),
    };
  }
  // GraphQL allows no type without members.
  if (fields.length === 0) return { sent: 'z.unknown()', declared: use('json') };
  return {
    sent: objectOf(sent),
    declared: declaredOf(fields),
    give: (value) => given(fields, value),
    types: ['', ...types],
  };
}

function planList(name: string, seen: Seen, use: Use): Plan {
  const { items } = seen;
  if (
    !items ||
    items.is('list') ||
    !(items.is('object') || items.is('boolean') || items.is(...NUMBERS) || isText(items))
  ) {
    return {
      sent: 'z.array(z.unknown())',
      declared: use('json'),
      why: 'any JSON, since its items had several forms, or there were none',
    };
  }
  const { sent, declared, give, why, types } = planValue(name, items, use);
  const each = give?.('item');
  return {
    // A null among the items is skipped.
    sent: items.forms.has('null') ? `${use('secondaryList')}(${sent})` : `z.array(${sent})`,
    items: sent,
    declared: `${use('listOf')}(${declared})`,
    ...(each !== undefined && { give: (value: string) => `${value}.map((item) => (${each}))` }),
    ...(why !== undefined && { why }),
    ...(types && { types }),
  };
}

/** The member with the currency of an amount. Null if the member is no amount, or if no member has its currency. */
function currencyOf(name: string, seen: Seen): string | null {
  const of = seen.members.get(name)!;
  if (!isOfMoney(name) || isOfId(name) || !of.is(...NUMBERS, 'digits', 'amount')) return null;
  const wanted = [`${plain(name)}currency`, 'currency', 'currencycode'];
  const called = [...seen.members.keys()].filter((other) => seen.members.get(other)!.is('word'));
  return called.find((other) => wanted.includes(plain(other))) ?? null;
}

/** Whether this member is the currency of an amount beside it. */
function isCurrency(name: string, seen: Seen): boolean {
  return [...seen.members.keys()].some((other) => currencyOf(other, seen) === name);
}

function whyPerson({ parts }: Somebody): string {
  return `a person, by ${[...parts.values()].join(', ')}`;
}

/** Data of a person is declared as text, even if it is sent as a number. */
function personal(seen: Seen, use: Use): string {
  return seen.forms.has('integer') || seen.forms.has('seconds') ? use('id') : 'z.string()';
}

function secondary(schema: string, use: Use): string {
  return `${use('secondary')}(${schema})`;
}
