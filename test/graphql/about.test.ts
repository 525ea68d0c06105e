import { expect, it } from 'vitest';
import { eduzzDay } from '../../src/providers/eduzz/day.ts';
import { TestGateway } from '../support/gateway.ts';

const ASK = `query About($email: String!, $last: Int, $before: String, $tenants: [ID!]) {
  eventsAbout(email: $email, last: $last, before: $before, tenants: $tenants) {
    head pageInfo { hasPreviousPage startCursor }
    edges { node { __typename eventId inBrief { title namesPeople happened amount { amount } person { email } } } }
  }
}`;
const PAGE = `{ events(last: 100) { head edges { node { eventId inBrief { person { email } } } } } }`;

it('GQL2.9 gives the events about a person only to tokens with pii:read', async () => {
  const gateway = await TestGateway.start();
  const now = Date.now();
  const day = { date: 'today', moment: (share: number) => new Date(now - (1 - share) * 1e6), busy: 0.3, back: 0 };
  for (const { payload } of eduzzDay(day)) await gateway.eduzz(payload);
  const { edges, head } = (await gateway.query(PAGE)).data!['events'];
  // A person whom no event named before this sale.
  const email: string = edges.at(-1).node.inBrief.person.email;
  const about = async (variables = {}, claims = {}) => {
    const { data, errors } = await gateway.query(ASK, { email: email.toUpperCase(), last: 100, ...variables }, claims);
    return errors ? errors[0]!.extensions!['code'] : data!['eventsAbout'];
  };
  const found = await about();
  expect(found.head).toBe(head);
  const theirs = edges.filter(({ node }: any) => node.inBrief.person?.email === email);
  const ids = found.edges.map(({ node }: any) => node.eventId);
  expect(ids).toEqual(expect.arrayContaining(theirs.map(({ node }: any) => node.eventId)));
  const newest = await about({ last: 1 });
  expect(newest.edges.map(({ node }: any) => node.eventId)).toEqual(ids.slice(-1));
  expect(newest.pageInfo.hasPreviousPage).toBe(ids.length > 1);
  expect((await about({ before: newest.pageInfo.startCursor })).edges.length).toBe(ids.length - 1);
  expect((await about({ email: 'nobody@ninguem.example' })).edges).toEqual([]);
  // A token without personal data can't try out addresses, and one of another account finds nobody.
  expect(await about({}, { scope: 'events:read' })).toBe('FORBIDDEN');
  expect((await about({}, { tenants: ['eduzz:another'] })).edges).toEqual([]);
  expect(await about({ tenants: ['eduzz:40021'] }, { tenants: ['eduzz:another'] })).toBe('FORBIDDEN');
});
