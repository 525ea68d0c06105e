import { z } from 'zod';

/** What a router knows of an event: the name of its type in another subgraph or in a client's document, and its id. */
export type Representation = z.infer<typeof representation>;

export const representation = z.object({
  __typename: z.string(),
  // GraphQL accepts an ID in these forms.
  id: z.union([z.string(), z.int()]).transform(String),
});
