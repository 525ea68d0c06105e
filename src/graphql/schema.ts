import type { GraphQLSchema } from 'graphql';
import type { EventType } from '../declaration/event-type.ts';
import { OTHER_EVENT } from '../events/event.ts';
import { SHIPPED } from '../types/shipped.ts';
import { addAbout } from './about.ts';
import { addActivityChanges } from './activity-changes.ts';
import { addActivity } from './activity.ts';
import { addAudit } from './audit.ts';
import { createBuilder } from './builder.ts';
import { cancellationTypes } from './cancellation.ts';
import { Declared } from './declared.ts';
import { addDrift } from './drift.ts';
import { addErase } from './erase.ts';
import { addEvent } from './event.ts';
import { addFacts } from './facts.ts';
import { addFederation } from './federation.ts';
import { addFilter } from './filter.ts';
import { addInBrief } from './in-brief.ts';
import { addOtherEvent } from './other-event.ts';
import { type Extensions, plainFields } from '../execution/parts.ts';
import { addQuarantine } from './quarantine.ts';
import { addReprocess } from './reprocess.ts';
import { addQueries } from './queries.ts';
import { addRefused } from './refused.ts';
import { addSources } from './sources.ts';
import { addStreamMessage } from './stream-message.ts';
import { subgraphSdl } from './subgraph.ts';
import { addSubject } from './subject.ts';
import { addSubscriptions } from './subscriptions.ts';
import { addTokens } from './tokens.ts';
import { addValues } from './values.ts';

/**
 * The whole schema, with these types of events. `schema.graphql` is the printed schema of the types that hookcast brings.
 *
 * @param federation whether it has the fields that a router of Apollo Federation asks a subgraph for.
 */
export function createSchema(
  types: readonly EventType[] = SHIPPED,
  { federation = false }: { readonly federation?: boolean } = {},
): GraphQLSchema {
  const shapes = new Set([OTHER_EVENT, ...types.map(({ name }) => name)]);
  const builder = createBuilder(shapes);
  const event = addEvent(builder, shapes);
  const declared = new Declared(builder, event);
  const cancellation = cancellationTypes(declared);
  const events = [...types.map((type) => declared.add(type)), addOtherEvent(builder, event)];
  addInBrief(builder, event, declared, types);
  const stream = addStreamMessage(builder, event, cancellation);
  const filter = addFilter(builder, cancellation);
  const queries = addQueries(builder, event, cancellation, stream, filter, shapes);
  addFacts(builder, types);
  addValues(builder, types, stream, declared);
  addSubject(builder, queries);
  addAbout(builder, queries);
  addReprocess(builder, addQuarantine(builder, event));
  addAudit(builder);
  addRefused(builder);
  addErase(builder);
  addDrift(builder);
  addTokens(builder);
  addSubscriptions(builder, stream, filter, shapes);
  const activity = addActivity(builder, { declared, cancellation, shapes });
  addActivityChanges(builder, { cancellation, stream, activity, shapes });
  addSources(builder);
  if (federation) addFederation(builder, events, shapes, () => subgraphSdl(createSchema(types)));
  // Sorting took a quarter of the time in which a gateway makes its schema, and only a printed schema needs an order
  // (print-schema.ts).
  return builder.toSchema({ sortSchema: false, extensions: { plain: plainFields(types) } satisfies Extensions });
}
