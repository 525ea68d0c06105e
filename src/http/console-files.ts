import { hash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { type Encoding, compress } from './encoding.ts';

/** What a page is made of, and whether it is worth compressing. Other files are not served. */
const TYPES: Readonly<Record<string, readonly [type: string, isText: boolean]>> = {
  '.html': ['text/html; charset=utf-8', true],
  '.js': ['text/javascript; charset=utf-8', true],
  '.css': ['text/css; charset=utf-8', true],
  '.svg': ['image/svg+xml', true],
  '.png': ['image/png', false],
  '.ico': ['image/x-icon', false],
  '.webp': ['image/webp', false],
  '.webmanifest': ['application/manifest+json', true],
};
/** Such a name has a hash of the content in it, so that there is never anything else of that name. */
const HASHED = /^(?:assets\/|client-).*-[\w-]{8}\.\w+$/;

/** The console as it was built, by path below `/console/`: nothing but what is in here can be asked for. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

/** One file, in memory. */
export class ConsoleFile {
  readonly type: string;
  readonly isText: boolean;
  readonly isHashed: boolean;
  readonly bytes: Buffer;
  readonly #hash: string;
  readonly #compressed = new Map<Encoding, Promise<Buffer>>();

  constructor(path: string, [type, isText]: readonly [string, boolean], bytes: Buffer) {
    this.type = type;
    this.isText = isText;
    this.isHashed = HASHED.test(path);
    this.bytes = bytes;
    this.#hash = hash('sha256', bytes, 'base64url').slice(0, 22);
  }

  /** Its entity tag in an encoding: each is other bytes, and has another. */
  tag(encoding: Encoding | null): string {
    return `"${this.#hash}${encoding === null ? '' : `-${encoding}`}"`;
  }

  /** Compressed when somebody first asks for it, and kept. */
  body(encoding: Encoding | null): Promise<Buffer> {
    if (encoding === null) return Promise.resolve(this.bytes);
    const known = this.#compressed.get(encoding);
    if (known) return known;
    const made = compress(this.bytes, encoding);
    this.#compressed.set(encoding, made);
    return made;
  }
}

/** What was built into the folder, read once; null when nothing was. */
export function readConsole(folder: string): ConsoleFiles | null {
  const files = new Map<string, ConsoleFile>();
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || !type) continue;
      const file = join(entry.parentPath, entry.name);
      const path = relative(folder, file).replaceAll(sep, '/');
      files.set(path, new ConsoleFile(path, type, readFileSync(file)));
    }
  } catch (error) {
    // There is none, or it is being built at this moment.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return files.has('index.html') ? files : null;
}
