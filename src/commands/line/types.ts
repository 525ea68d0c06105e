import { type Command, Option } from 'commander';
import type { SchemaOptions } from '../schema.ts';
import type { CommandTerminal } from '../terminal.ts';
import type { TypesOptions } from '../types.ts';
import { type Elsewhere, at, elsewhere } from './elsewhere.ts';

/** Commands that print the schema and draft types for it. */
export function addTypes(program: Command, terminal: CommandTerminal): void {
  program
    .command('schema')
    .description('print the GraphQL schema, with the types of your hookcast.config.ts')
    .option('--write <file>', 'to a file')
    .option('--explain', 'print which fields of events are personal, and why')
    .addOption(
      new Option(
        '--federation',
        'print the schema as a subgraph of Apollo Federation, for composing a supergraph',
      ).conflicts('explain'),
    )
    .action(async (options: SchemaOptions) => (await import('../schema.ts')).schema(options, terminal));

  elsewhere(program.command('types'))
    .description(
      'draft event types for a source of your own in a TypeScript file, from payloads that it sent; the file contains no value of them',
    )
    .argument('<source>', 'the name of the source in hookcast.config.ts')
    .option(
      '--from <what...>',
      "'log' for the payloads in the log of DATABASE_URL, or of the gateway of --url; or files, each with the body of one delivery; or 'openapi' and a JSON document",
      ['log'],
    )
    .option('--event <name...>', 'only these events; with files, the name of the event, if the files do not contain it')
    .option('--write <file>', 'the file to write (default: <source>-types.ts)')
    .option('--force', 'overwrite the file if it exists', false)
    .action(async (source: string, options: Elsewhere & TypesOptions) =>
      (await import('../types.ts')).types(source, options, at(options, terminal)),
    );
}
