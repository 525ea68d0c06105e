import {
  type ASTNode,
  type ConstDirectiveNode,
  type GraphQLSchema,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  isInterfaceType,
  parse,
  print,
  visit,
} from 'graphql';
import { EVENT } from './node-id.ts';
import { printSorted } from './print-schema.ts';

/**
 * In version 2.3 an interface can have a key for the first time, so that another subgraph can extend all of its types at once.
 */
const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

const KEY = directiveOf('@key(fields: "id")');
const SHAREABLE = directiveOf('@shareable');

/**
 * The schema as a subgraph of Apollo Federation, for composition. Every type of event is an entity with its id as key.
 * `PageInfo` is shareable, since other subgraphs may have Relay's connections as well.
 */
export function subgraphSdl(schema: GraphQLSchema): string {
  const entities = entitiesOf(schema);
  const mark = (node: InterfaceTypeDefinitionNode | ObjectTypeDefinitionNode): ASTNode | undefined => {
    const name = node.name.value;
    if (name === 'PageInfo') return { ...node, directives: [SHAREABLE] };
    if (!entities.has(name)) return undefined;
    // A field that another subgraph adds to `Event` is added to the types of events, but to no interface below `Event`. An
    // interface that lacks a field of one that it implements is invalid, so here these interfaces implement only `Node`. Their
    // types are events all the same.
    const interfaces = node.interfaces?.filter(
      (one) => node.kind === Kind.OBJECT_TYPE_DEFINITION || one.name.value !== EVENT,
    );
    return { ...node, interfaces, directives: [KEY] };
  };
  const marked = visit(parse(printSorted(schema), { noLocation: true }), {
    [Kind.INTERFACE_TYPE_DEFINITION]: mark,
    [Kind.OBJECT_TYPE_DEFINITION]: mark,
  });
  return `${LINK}\n\n${print(marked)}`;
}

/** The names of the types whose key is an event's id: `Event`, the interfaces below it, and the types of events. */
export function entitiesOf(schema: GraphQLSchema): ReadonlySet<string> {
  const event = schema.getType(EVENT);
  if (!isInterfaceType(event)) return new Set();
  const { interfaces, objects } = schema.getImplementations(event);
  return new Set([event, ...interfaces, ...objects].map(({ name }) => name));
}

/** graphql-js can't parse a directive alone, so it is parsed as part of a scalar. */
function directiveOf(text: string): ConstDirectiveNode {
  const [definition] = parse(`scalar S ${text}`, { noLocation: true }).definitions;
  return (definition as { readonly directives: readonly ConstDirectiveNode[] }).directives[0]!;
}
