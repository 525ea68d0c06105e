import { z } from 'zod';

/** What a router knows of an event: the type that another subgraph or a client named it by, and its id. */
export type Representation = z.infer<typeof representation>;

export const representation = z.object({
  __typename: z.string(),
  // As GraphQL takes an ID.
  id: z.union([z.string(), z.int()]).transform(String),
});
