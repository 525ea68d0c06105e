import type { Builder } from './builder.ts';
import type { DriftReport } from '../operator/drift.ts';
import { READ } from '../execution/cost.ts';

type Field = DriftReport['fields'][number];

/** How many fields there are taken to be, and how many are told at once. */
const FIELDS = 20;
const MOST = 1_000;

/** `Query.drift` and `Mutation.acceptDrift`: the fields that providers have begun to send. */
export function addDrift(builder: Builder): void {
  const Change = builder.enumType('DriftChange', {
    description: 'How a payload differs from earlier ones.',
    values: {
      FIELD: { description: 'It has a new field.' },
      NULL: { description: 'A field is null for the first time.' },
    },
  });
  const FieldType = builder.objectRef<Field>('DriftField').implement({
    description: 'An unexpected field: its name, never its value.',
    fields: (t) => ({
      source: t.exposeString('source'),
      type: t.exposeString('type', { description: "The provider's own name of the event." }),
      path: t.exposeString('path', {
        description: 'Names of members with dots between them, `[]` for the members of a list.',
      }),
      change: t.expose('change', { type: Change }),
      count: t.field({
        type: 'BigInt',
        description: 'The number of deliveries with it.',
        resolve: ({ count }) => count,
      }),
      deliveries: t.field({
        type: 'BigInt',
        description: 'The number of deliveries of this type.',
        resolve: ({ deliveries }) => deliveries,
      }),
      firstSeen: t.field({ type: 'DateTime', resolve: ({ firstSeen }) => firstSeen }),
      lastSeen: t.field({ type: 'DateTime', resolve: ({ lastSeen }) => lastSeen }),
    }),
  });
  const Report = builder.objectRef<DriftReport>('DriftReport').implement({
    description: 'The unexpected fields in the deliveries of providers.',
    fields: (t) => ({
      types: t.int({
        description: 'The number of types of events that deliveries had.',
        resolve: ({ types }) => types,
      }),
      count: t.int({
        description: 'The number of unexpected fields.',
        resolve: ({ fields }) => fields.length,
      }),
      fields: t.field({
        type: [FieldType],
        description: `The unexpected fields, ${MOST} at most.`,
        complexity: { field: READ, multiplier: FIELDS },
        resolve: ({ fields }) => fields.slice(0, MOST),
      }),
    }),
  });

  const source = { description: 'Only of this source.' };
  builder.queryField('drift', (t) =>
    t.field({
      type: Report,
      description: `The unexpected fields in the deliveries of providers. ${OPERATOR}`,
      args: { source: t.arg.string(source) },
      complexity: { field: READ },
      resolve: (_root, { source = null }, context) => context.operator(WHAT).drift(source),
    }),
  );
  builder.mutationField('acceptDrift', (t) =>
    t.field({
      type: 'Int',
      description: `Accepts all fields that are not expected, so that they count as known from now on. Returns how many. ${OPERATOR}`,
      args: { source: t.arg.string(source) },
      complexity: { field: READ },
      resolve: (_root, { source = null }, context) => context.operator(WHAT).acceptDrift(source),
    }),
  );
}

const WHAT = 'Drift is found in deliveries of every tenant';
const OPERATOR = 'Needs the scope `ops` and a token for every tenant.';
