/** What version 10 adds: secrets that senders have brought, encrypted. */
export const VERSION_10 = `
  CREATE TABLE hookcast.brought (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    secret text NOT NULL,
    brought_at bigint NOT NULL
  );
`;
