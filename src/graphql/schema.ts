import type { GraphQLSchema } from 'graphql';
import type { EventType } from '../declaration/event-type.ts';
import { OTHER_EVENT } from '../events/event.ts';
import { SHIPPED } from '../types/shipped.ts';
import { addActivityChanges } from './activity-changes.ts';
import { addActivity } from './activity.ts';
import { createBuilder } from './builder.ts';
import { cancellationTypes } from './cancellation.ts';
import { Declared } from './declared.ts';
import { addEvent } from './event.ts';
import { addFacts } from './facts.ts';
import { addFilter } from './filter.ts';
import { addOtherEvent } from './other-event.ts';
import { type Extensions, plainFields } from './parts.ts';
import { addQuarantine } from './quarantine.ts';
import { addReprocess } from './reprocess.ts';
import { addQueries } from './queries.ts';
import { addSources } from './sources.ts';
import { addStreamMessage } from './stream-message.ts';
import { addSubject } from './subject.ts';
import { addSubscriptions } from './subscriptions.ts';

/** The whole schema, with these types of events. `schema.graphql` is that of the types that hookcast brings, printed. */
export function createSchema(types: readonly EventType[] = SHIPPED): GraphQLSchema {
  const shapes = new Set([OTHER_EVENT, ...types.map(({ name }) => name)]);
  const builder = createBuilder(shapes);
  const event = addEvent(builder, shapes);
  const declared = new Declared(builder, event);
  const cancellation = cancellationTypes(declared);
  for (const type of types) declared.add(type);
  addOtherEvent(builder, event);
  const stream = addStreamMessage(builder, event, cancellation);
  const filter = addFilter(builder, cancellation);
  const queries = addQueries(builder, event, cancellation, stream, filter, shapes);
  addFacts(builder, types);
  addSubject(builder, queries);
  addReprocess(builder, addQuarantine(builder, event));
  addSubscriptions(builder, stream, filter, shapes);
  const activity = addActivity(builder, { declared, cancellation, shapes });
  addActivityChanges(builder, { cancellation, stream, activity, shapes });
  addSources(builder);
  return builder.toSchema({ extensions: { plain: plainFields(types) } satisfies Extensions });
}
