import { GraphQLError, type GraphQLSchema, isInputObjectType } from 'graphql';

/** The extensions of an input type. */
export interface InputExtensions {
  /** What to do instead, for a client that gives a member that the type does not have. */
  readonly instead: string;
}

/** An error of graphql-js about an unknown member of an input can only be recognized by its words. */
const UNKNOWN_MEMBER = /type "(\w+)" not to include unknown field "([^"]{0,100})(?:[^"]*"\. (Did you mean [^?]+\?))?/;

/**
 * If the error is about an unknown member of an input, such as a filter, this adds the names of all members: graphql-js suggests
 * only similar ones. Any other error is returned as it is.
 *
 * @param hideSuggestions whether the viewer may not see the schema, and so no names of it.
 */
export function aboutMembers(
  error: GraphQLError,
  schema: GraphQLSchema,
  { hideSuggestions }: { readonly hideSuggestions: boolean },
): GraphQLError {
  const [, name = '', member = '', suggestion] = UNKNOWN_MEMBER.exec(error.message) ?? [];
  const type = schema.getType(name);
  if (!isInputObjectType(type)) return error;
  const names = hideSuggestions
    ? 'schema.graphql has its members'
    : `Its members are ${Object.keys(type.getFields()).toSorted().join(', ')}`;
  const { instead } = type.extensions as Partial<InputExtensions>;
  const advice = [`${name} has no member "${member}".`, suggestion, `${names}.`, instead];
  const message = advice.filter((sentence) => sentence !== undefined).join(' ');
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, { nodes, source, positions, path });
}
