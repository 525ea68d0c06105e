import { existsSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { Chunk } from './export-format.ts';
import { visible } from '../visible.ts';
import { CommandError, type SendingTerminal } from './terminal.ts';

/** Where an export goes. */
export interface Target {
  /** Resolved once it is taken: so no more is in memory than one chunk. */
  readonly write: (chunk: Chunk) => Promise<void>;
  /** Of a file, it has its name only now. */
  readonly finish: () => Promise<void>;
  /** Nothing is left that could be taken for a whole export. */
  readonly abandon: () => Promise<void>;
}

/** The output of the process. @throws {CommandError} if it can't be written to. */
export function toOutput({ send, isScreen }: SendingTerminal): Target {
  return {
    async write(chunk) {
      try {
        await send(isScreen && typeof chunk === 'string' ? shown(chunk) : chunk);
      } catch (error) {
        throw new CommandError(`The export is not whole: its output can't be written to (${codeOf(error)}).`);
      }
    },
    finish: async () => {},
    abandon: async () => {},
  };
}

/** Lines as a person looks at them: a terminal would act on what a provider put into a text. For a program, every byte stays. */
function shown(lines: string): string {
  return lines.split(/\r?\n/).map(visible).join('\n');
}

/** A file, which only its owner can read. Until it is whole it has another name. @throws {CommandError} */
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
  return {
    write: (chunk) => handle.writeFile(chunk).catch(failed),
    async finish() {
      try {
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

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
