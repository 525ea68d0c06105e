import { block, declaredOf, given, objectOf, quoted } from './code.ts';
import { isOfPerson, pascal, plain } from './names.ts';
import { type ObjectPlan, type Use, planObject } from './plan.ts';
import type { Seen } from './seen.ts';

/** The form of an event's name. Any other text in its place may be personal. */
const EVENT = /^[A-Za-z][\w.:/-]{0,99}$/;
/** Members in which providers write the name of an event. */
const EVENT_NAMES = ['event', 'eventtype', 'eventname', 'type', 'triggerevent', 'topic'];
/** Members in which providers write the content of an event, if it stands apart from the event's name, id and time. */
const BODIES = ['data', 'payload', 'body', 'resource'];

const MODULES: Readonly<Record<string, string>> = {
  secondary: 'hookcast/fields',
  secondaryList: 'hookcast/fields',
  sentInstant: 'hookcast/fields',
};

export interface DraftOptions {
  readonly source: string;
  /** The forms that were seen in the payloads of each event. */
  readonly events: ReadonlyMap<string, Seen>;
  /** Names that the GraphQL schema already has. */
  readonly taken: ReadonlySet<string>;
  /** Names of the fields that every event has. */
  readonly reserved: ReadonlySet<string>;
}

/** The text, if it has the form of an event's name. */
export function eventName(value: unknown): string | null {
  return typeof value === 'string' && EVENT.test(value) ? value : null;
}

/** The name of an event in its payload; null if none is found. */
export function eventNameIn(payload: Readonly<Record<string, unknown>>): string | null {
  const names = Object.keys(payload);
  const found = EVENT_NAMES.map((wanted) => names.find((name) => plain(name) === wanted));
  for (const name of found) {
    const said = name === undefined ? null : eventName(payload[name]);
    if (said !== null) return said;
  }
  return null;
}

/** A TypeScript module that declares a type for each event. No value of any payload is in it. */
export function draft({ source, events, taken, reserved }: DraftOptions): string {
  const used = new Set<string>(['event', 'eventType']);
  const use = (name: string) => {
    used.add(name);
    return name;
  };
  const names = new Set(taken);
  const declared: string[] = [];
  const mapped: string[] = [];
  for (const [event, seen] of events) {
    const { at, plan, beside } = planEvent(seen, { use, reserved });
    const name = nameFor(event, { source, types: plan.types, names });
    const payload = `${name.charAt(0).toLowerCase()}${name.slice(1)}Payload`;
    const sent = objectOf(plan.sent);
    declared.push(
      [
        `/** What is sent of ${quoted(event)}. Drafted from ${seen.times} ${seen.times === 1 ? 'payload' : 'payloads'}. */`,
        `const ${payload} = ${at === null ? sent : block('z.object({', [`${at}: ${sent},`], '})')};`,
        ...(beside.length > 0
          ? ['', `// Left out, since "about" describes the event itself: ${beside.join(', ')}.`]
          : []),
        `export const ${name} = ${block(
          `eventType('${name}', {`,
          [`description: ${quoted(`The event ${event} of ${source}.`)},`, `fields: ${declaredOf(plan.fields)},`],
          '});',
        )}`,
      ].join('\n'),
    );
    const body = at ?? 'body';
    const from = plan.fields.length === 0 ? '' : at === null ? 'body' : `{ ${at} }`;
    mapped.push(`${quoted(event)}: event(${payload}, ${name}, (${from}) => (${given(plan.fields, body)})),`);
  }
  const exported = `/** The \`events\` of defineProvider. */\nexport const events = ${block('{', mapped, '};')}`;
  return `${[header(source), imports(used), ...declared, exported].join('\n\n')}\n`;
}

interface EventPlan {
  /** The member with the content of the event. Null if the payload itself is the content. */
  readonly at: string | null;
  readonly plan: ObjectPlan;
  /** Members that are about the delivery and the event. They are not in the type. */
  readonly beside: readonly string[];
}

function planEvent(seen: Seen, options: { use: Use; reserved: ReadonlySet<string> }): EventPlan {
  const at = [...seen.members].find(
    ([name, of]) => BODIES.includes(name) && of.is('object') && !of.isMap && of.members.size > 0 && !seen.mayLack(name),
  );
  if (at) {
    const plan = planObject(at[1], { ...options, without: new Set() });
    return { at: at[0], plan, beside: [...seen.members.keys()].filter((name) => name !== at[0]) };
  }
  const beside = [...seen.members].flatMap(([name, of]) =>
    EVENT_NAMES.includes(plain(name)) && of.is('word') && !isOfPerson(name) ? [name] : [],
  );
  return { at: null, plan: planObject(seen, { ...options, without: new Set(beside) }), beside };
}

/** A name for a type, chosen so that no type inside it has the name of another type. */
function nameFor(
  event: string,
  { source, types, names }: { source: string; types: readonly string[]; names: Set<string> },
): string {
  const base = pascal(event);
  for (let more = 0; ; more += 1) {
    const name = more === 0 ? base : `${pascal(source)}${base}${more === 1 ? '' : more}`;
    const all = [name, ...types.map((type) => `${name}${type}`)];
    if (all.some((one) => names.has(one))) continue;
    for (const one of all) names.add(one);
    return name;
  }
}

function header(source: string): string {
  return `// Drafted by "hookcast types ${source}", and yours from now on: read it and adjust it.
// - Every text is personal until you write open(text): do so where a text identifies no person, such as the name of a show.
// - An id, a number, a time and money are open to everybody who may read events. If one identifies a person, write personal(…).
// - The names of fields come from the payloads, their values don't. Links and tokens are left out, since they are never kept.
// - A field that was null or missing in some payload may be null. Every other field is required: a delivery without it waits in quarantine.
// - If one of the times is when the event happened, return it from "about" as occurredAt. Otherwise the time of arrival counts.
// - If an event is a cancellation, give its type \`implements: [Cancellation]\`, so that it is listed and counted as one (docs/PROVIDERS.md).`;
}

function imports(used: ReadonlySet<string>): string {
  const byModule = new Map<string, string[]>();
  for (const name of [...used].filter((name) => name !== 'amount').toSorted()) {
    const module = MODULES[name] ?? 'hookcast/provider';
    byModule.set(module, [...(byModule.get(module) ?? []), name]);
  }
  const lines = [...byModule].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [
    `import { z } from 'zod';`,
    ...lines.map(([module, names]) => `import { ${names.join(', ')} } from '${module}';`),
    ...(used.has('amount')
      ? [
          '',
          '/** An amount as text, as it was sent. */',
          'const amount = z.union([z.string(), z.number().transform(String)]);',
        ]
      : []),
  ].join('\n');
}
