import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { type Gzip, createGzip } from 'node:zlib';
import type { Chunk } from './export-format.ts';
import { visible } from '../visible.ts';
import { CommandError, type SendingTerminal } from './terminal.ts';

/** Where an export goes. */
export interface Target {
  /** Resolves once the chunk is written, so that only one chunk is in memory. */
  readonly write: (chunk: Chunk) => Promise<void>;
  /** Completes the export. A file gets its final name only now. */
  readonly finish: () => Promise<void>;
  /** Removes everything that could be mistaken for a complete export. */
  readonly abandon: () => Promise<void>;
}

/** The output of the process. @throws {CommandError} if it can't be written to. */
export function toOutput({ send, isScreen }: SendingTerminal): Target {
  return {
    async write(chunk) {
      try {
        await send(isScreen && typeof chunk === 'string' ? shown(chunk) : chunk);
      } catch (error) {
        throw new CommandError(`The export is incomplete: its output can't be written to (${codeOf(error)}).`);
      }
    },
    finish: async () => {},
    abandon: async () => {},
  };
}

/**
 * Lines for a person: without the control characters of a provider's text, which a terminal would execute. A program gets every
 * byte.
 */
function shown(lines: string): string {
  return lines.split(/\r?\n/).map(visible).join('\n');
}

/** How the name of a file that is compressed ends. */
export const GZIP = '.gz';

/** A file that only its owner can read. Until it is complete, it has another name. @throws {CommandError} */
export async function toFile(file: string, { force }: { readonly force: boolean }): Promise<Target> {
  const part = `${file}.part`;
  const refuseExisting = () => {
    if (!force && existsSync(file))
      throw new CommandError(`${file} exists. Name another file, or say --force to replace it.`);
  };
  refuseExisting();
  const failed = (error: unknown) => {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file} can't be written (${codeOf(error)}). Nothing of the export was kept.`);
  };
  let handle: FileHandle;
  try {
    handle = await open(part, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return failed(error);
    throw new CommandError(`${part} exists: another export writes to it, or one was killed. If none runs, delete it.`);
  }
  const pack = file.endsWith(GZIP) ? new Packing() : null;
  return {
    write: async (chunk) => handle.writeFile(pack ? await pack.write(chunk) : chunk).catch(failed),
    async finish() {
      try {
        if (pack) await handle.writeFile(await pack.end());
        await handle.sync();
        await handle.close();
        refuseExisting();
        await rename(part, file);
      } catch (error) {
        failed(error);
      }
    },
    async abandon() {
      await handle.close().catch(() => {});
      await rm(part, { force: true });
    },
  };
}

/** Compresses chunks as one gzip stream: some readers take only the first of several streams in a file. */
class Packing {
  readonly #gzip: Gzip = createGzip();
  #packed: Buffer[] = [];

  constructor() {
    this.#gzip.on('data', (bytes: Buffer) => void this.#packed.push(bytes));
  }

  /** Resolves with the bytes that are ready. They may be those of earlier chunks. */
  async write(chunk: Chunk): Promise<Buffer> {
    await new Promise<void>((resolve, reject) => {
      this.#gzip.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
    return this.#taken();
  }

  async end(): Promise<Buffer> {
    this.#gzip.end();
    await once(this.#gzip, 'end');
    return this.#taken();
  }

  #taken(): Buffer {
    const bytes = Buffer.concat(this.#packed);
    this.#packed = [];
    return bytes;
  }
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
