import { readFileSync, writeFileSync } from 'node:fs';
import { draft, eventName, eventNameIn } from '../drafting/draft.ts';
import { webhookPayloads } from '../drafting/openapi.ts';
import { Seen } from '../drafting/seen.ts';
import { type JsonObject, parsePayload, withoutSecretMembers } from '../providers/payload.ts';
import { namesTaken, servedTypes } from '../served-types.ts';
import { createSchema } from '../graphql/schema.ts';
import { parseCaptured } from './captured.ts';
import { type Operations, nodesOf } from './operations.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { withOperations } from './with-operations.ts';

export interface TypesOptions {
  /** `log`, `openapi` and a file, or files of payloads. */
  readonly from: readonly string[];
  /** Only these events. For files of payloads, the event's name if a payload doesn't say it. */
  readonly event?: readonly string[] | undefined;
  readonly write?: string | undefined;
  readonly force?: boolean | undefined;
}

const SOURCE = /^[a-z][a-z0-9-]{0,63}$/;
const KNOWN = `query TypesSource($source: String!) { drift(source: $source) { types } }`;
const PAYLOADS = `query TypesPayloads($sources: [String!], $after: String) {
  events(first: 100, after: $after, filter: { sources: $sources }) {
    edges { node { type raw personalData } }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Kept {
  readonly type: string;
  /** Null if it was erased. */
  readonly raw: JsonObject | null;
  readonly personalData: 'AVAILABLE' | 'WITHHELD' | 'ERASED';
}

/** `hookcast types`: writes a TypeScript file that declares a type for each event of a source, from what the source sent. */
export async function types(source: string, options: TypesOptions, terminal: Terminal): Promise<void> {
  if (!SOURCE.test(source)) {
    throw new CommandError('The name of a source has lower case letters, digits and dashes, and begins with a letter.');
  }
  const samples = new Samples(options.event ?? []);
  const [first, ...others] = options.from;
  if (first === 'openapi') readDocument(others, samples);
  else if (first === 'log' && others.length === 0)
    await withOperations(terminal, { command: 'types' }, (operations) => readLog(operations, source, samples));
  else for (const file of options.from) readFile(file, samples);
  if (samples.events.size === 0)
    throw new CommandError(`There is no payload to draft from. ${samples.passedOver()}`.trim());

  const { reserved } = namesTaken();
  const taken = new Set(Object.keys(createSchema(servedTypes([])).getTypeMap()));
  const file = options.write ?? `${source}-types.ts`;
  write(file, draft({ source, events: samples.events, taken, reserved }), options.force ?? false);
  for (const [event, { times }] of samples.events)
    terminal.print(event, `from ${times} ${times === 1 ? 'payload' : 'payloads'}`);
  if (samples.passedOver() !== '') terminal.print(samples.passedOver());
  terminal.print(
    `Written to ${file}. Read it: names of fields come from the payloads, and every text in it is personal.`,
  );
}

/** The observed form of each event. It keeps nothing of the payloads themselves. */
class Samples {
  readonly events = new Map<string, Seen>();
  readonly #wanted: readonly string[];
  #erased = 0;
  #nameless = 0;

  constructor(wanted: readonly string[]) {
    this.#wanted = wanted;
  }

  /** The name of events that don't say theirs: the only one that was requested. */
  get onlyName(): string | null {
    return this.#wanted.length === 1 ? this.#wanted[0]! : null;
  }

  see(event: unknown, payload: JsonObject | null): void {
    const name = eventName(event);
    if (name === null) this.#nameless += 1;
    else if (this.#wanted.length > 0 && !this.#wanted.includes(name)) return;
    else if (payload === null) this.#erased += 1;
    else {
      const seen = this.events.get(name) ?? new Seen();
      this.events.set(name, seen);
      seen.see(withoutSecretMembers(payload));
    }
  }

  passedOver(): string {
    const erased = this.#erased > 0 ? `${this.#erased} without a payload, since it was erased, were skipped. ` : '';
    const nameless = this.#nameless > 0 ? `${this.#nameless} were skipped, since their event has no usable name.` : '';
    return `${erased}${nameless}`.trim();
  }
}

async function readLog(operations: Operations, source: string, samples: Samples): Promise<void> {
  // Otherwise a mistyped source would look like one that has sent nothing.
  await operations.ask(KNOWN, { source });
  for await (const { type, raw, personalData } of nodesOf<Kept>(operations, PAYLOADS, { sources: [source] })) {
    if (raw === null && personalData !== 'ERASED')
      throw new CommandError('Payloads need a token with the scopes raw:read and pii:read.');
    samples.see(type, raw);
  }
}

function readFile(file: string, samples: Samples): void {
  const payload = objectIn(file);
  const event = samples.onlyName ?? eventNameIn(payload);
  if (event === null)
    throw new CommandError(`${file} does not name its event: name it with --event, one event at a time.`);
  samples.see(event, payload);
}

function readDocument(files: readonly string[], samples: Samples): void {
  if (files.length !== 1) throw new CommandError('Name one OpenAPI document: --from openapi FILE.');
  const document = objectIn(files[0]!);
  for (const [event, payload] of webhookPayloads(document)) samples.see(event, payload);
  if (samples.events.size === 0) {
    throw new CommandError(
      `${files[0]} has no webhooks with a schema or an example. OpenAPI 3.1 has them under "webhooks".`,
    );
  }
}

/** @throws {CommandError} whose message quotes nothing of the file. */
function objectIn(file: string): JsonObject {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new CommandError(`${file} can't be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  try {
    return parsePayload(parseCaptured(bytes).body).payload;
  } catch {
    throw new CommandError(
      `${file} has no JSON object. Save the body of each delivery unchanged in a file of its own.`,
    );
  }
}

function write(file: string, text: string, isForced: boolean): void {
  try {
    // Only this flag is safe if another process creates the file at the same moment.
    writeFileSync(file, text, { flag: isForced ? 'w' : 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw new CommandError(`${file} can't be written (${code}).`);
    throw new CommandError(
      `${file} exists, and was not changed. Name another file with --write, or overwrite it with --force.`,
    );
  }
}
