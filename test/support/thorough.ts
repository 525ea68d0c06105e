/**
 * All of it in the project `thorough`, which .ci/run and `npm run test:all` run; in `npm test` the part that finds a break soonest. For
 * what is proven by doing the same thing again and again: rounds, mutations, one of many alike.
 *
 * A file that uses it is of both projects.
 */
export function thoroughly<Thing>(all: Thing, some: Thing): Thing {
  return process.env['HOOKCAST_THOROUGH'] ? all : some;
}
