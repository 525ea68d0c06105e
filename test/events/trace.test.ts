import { expect, it } from 'vitest';
import type { Person } from '../../src/events/person.ts';
import { toAddress, tracesOf, valuesIn } from '../../src/events/trace.ts';

const ADDRESS = 'iara@ficticia.example';
const nobody: Person = { name: null, email: null, phone: null, externalId: null };

function mentions(payload: unknown): string[] {
  return tracesOf([], payload).map(({ value }) => value);
}

it.each([
  ADDRESS,
  `IARA@Ficticia.EXAMPLE.`,
  `write to ${ADDRESS}, please`,
  `https://x.example/?email=${ADDRESS}&a=1`,
  `email=${ADDRESS}`,
  `x|${ADDRESS}|y`,
  `*${ADDRESS}*`,
  `\`${ADDRESS}\``,
  `“${ADDRESS}”`,
  `'${ADDRESS}'`,
  `${ADDRESS}! Or later`,
  `${ADDRESS}—or later…`,
  `A/${ADDRESS}`,
  `#${ADDRESS}`,
  `mailto:${ADDRESS}`,
  `<${ADDRESS}>`,
  'https://x.example/?to=iara%40ficticia.example&b',
  '100%, iara%40ficticia.example',
  String.raw`{"to":"iara\u0040ficticia.example"}`,
  String.raw`broken {"to":"iara\u0040ficticia.example`,
  String.raw`{"note":"hello\niara@ficticia.example"}`,
  String.raw`broken {"note":"hello\niara@ficticia.example`,
])('PRIV1.2 finds an address in %j', (text) => {
  expect(mentions({ deep: [{ text }] })).toContain(ADDRESS);
  expect(valuesIn({ deep: [{ text: `${'long '.repeat(100)}${text}` }] })).toContain(ADDRESS);
});

it('PRIV1.2 finds addresses of every form, in names of members too, and not a part of them', () => {
  expect(mentions({ to: "write o'brien@x.example" })).toEqual(["o'brien@x.example"]);
  expect(mentions({ to: 'maria.silva+news@x-y.example' })).toEqual(['maria.silva+news@x-y.example']);
  expect(mentions({ 'iara4@ficticia.example': 'x' })).toEqual(['iara4@ficticia.example']);
  expect(mentions({ to: 'jose\u0301@ficticia.example' })).toEqual(['jos\u00e9@ficticia.example']);
  expect(mentions({ to: '12 @ 3, @home, a@, and x@' })).toEqual([]);
});

it('PRIV1.3 knows whom an event is about by address and by id, also when the id is the address', () => {
  const person = { ...nobody, email: ' Iara@Ficticia.example', externalId: ADDRESS };
  expect(tracesOf([person], { email: person.email })).toEqual([
    { kind: 'contact', value: ADDRESS },
    { kind: 'email', value: ADDRESS },
  ]);
});

it('PRIV1.3 makes no person of ids that identify no person', () => {
  const ids = ['0', '000', '', 'null', 'Unknown', 'n/a', '00000000-0000-0000-0000-000000000000'];
  expect(
    tracesOf(
      ids.map((externalId) => ({ ...nobody, externalId })),
      null,
    ),
  ).toEqual([]);
});

it('PRIV1.2 finds everybody in a list of thousands', () => {
  const participants = Array.from({ length: 4_000 }, (_, index) => ({ id: `p${index}`, email: `p${index}@x.example` }));
  const people = participants.map(({ id, email }) => ({ ...nobody, externalId: id, email }));
  expect(tracesOf(people, { participants })).toHaveLength(8_000);
  expect(mentions({ participants })).toHaveLength(4_000);
});

it('PRIV1.3 knows a delivery that was not understood by the last part of a path', () => {
  expect(valuesIn({ uri: 'https://api.example/invitees/INV12345', number: 9, none: '' })).toEqual([
    'https://api.example/invitees/INV12345',
    'INV12345',
    '9',
  ]);
});

it.each([
  ['a letter and its mark in the domain', 'to iara@ficti\u0301cia.example', 'iara@fict\u00edcia.example'],
  [
    'letters with three marks',
    `${'\u03b1\u0313\u0300\u0345'.repeat(60)}@x.example`,
    `${'\u1f82'.repeat(60)}@x.example`,
  ],
  ['syllables in halves', '<\u1112\u1161\u11ab@\u1100\u1173\u11af.example>', '\ud55c@\uae00.example'],
  ['a mark that is written in another order', 'q\u0307\u0323@x.example', 'q\u0323\u0307@x.example'],
  ['an escape of a letter and its mark', 'https://x.example/?e=jose%CC%81%40x.example', 'jos\u00e9@x.example'],
  ['a sign that is another one in the normal form', 'a\u037eiara@x.example', 'iara@x.example'],
  ['an address behind another one', 'jose\u0301@ana@x.example', 'ana@x.example'],
  ['the longest', `${'l'.repeat(64)}@${'d'.repeat(247)}.example`, `${'l'.repeat(64)}@${'d'.repeat(247)}.example`],
])('PRIV1.2 finds an address in whichever form a letter is written: %s', (_what, text, address) => {
  expect(mentions({ text: `${'e\u0301 '.repeat(300)}${text} ${'e\u0301'.repeat(300)}` })).toContain(toAddress(address));
  // A request may write it in either form, too.
  expect(toAddress(address.normalize('NFD'))).toBe(toAddress(address));
});

it.each([
  ['as it is', { email: ADDRESS }, (json: string) => json],
  ['with a letter escaped', { email: ADDRESS }, (json: string) => json.replace('iara', String.raw`i\u0061ra`)],
  ['in a URL beside a per cent sign', { off: '100%', url: 'https://x.example/?e=i%61ra%40ficticia.example' }, String],
  ['in a name', { [ADDRESS]: 1 }, String],
  ['one level deeper', { json: JSON.stringify({ json: JSON.stringify({ email: ADDRESS }) }) }, String],
])('PRIV1.2 finds an address in JSON within JSON: %s', (_what, value, written) => {
  const text = written(JSON.stringify(value));
  expect(mentions({ text })).toContain(ADDRESS);
  expect(valuesIn({ text })).toContain(ADDRESS);
});

it('PRIV1.2 finds an address in JSON within JSON, however deeply that is nested', () => {
  const depth = 20_000;
  const text = `${'['.repeat(depth)}"iar\\u0061@ficticia.example"${']'.repeat(depth)}`;
  expect(mentions({ text })).toContain(ADDRESS);
  expect(valuesIn({ text })).toContain(ADDRESS);
});
