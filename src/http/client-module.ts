import type { IncomingMessage, ServerResponse } from 'node:http';
import { HookcastError } from '../errors.ts';
import type { ConsoleFile, ConsoleFiles } from './console-files.ts';
import { sendFile } from './send-file.ts';

/** The name contains the version and a hash of the content, so that no other content ever has this name. */
const NAME = /^client-.*-[\w-]{8}\.js$/;

/** The client as one module, which a page without a build step imports from its gateway. */
export interface ClientModule {
  /** Whether the path is the module's, of this version or of another. */
  matches(path: string): boolean;
  serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
}

/** `/client.js` leads to the module of this gateway. Null if none was built. */
export function serveClientModule(files: ConsoleFiles): ClientModule | null {
  const [name, file] = [...files].find(([path]) => NAME.test(path)) ?? [];
  return name && file ? new Served(name, file) : null;
}

class Served implements ClientModule {
  readonly #name: string;
  readonly #file: ConsoleFile;

  constructor(name: string, file: ConsoleFile) {
    this.#name = name;
    this.#file = file;
  }

  matches(path: string): boolean {
    return path === '/client.js' || NAME.test(path.slice(1));
  }

  async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    // Pages of any origin may import the module: it is public, and asks for data with the page's own token.
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('cross-origin-resource-policy', 'cross-origin');
    response.setHeader('x-content-type-options', 'nosniff');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      throw new HookcastError('METHOD_NOT_ALLOWED', 'The client is read-only. Import /client.js in a page.');
    }
    // The location is relative, since a proxy may have put a path before it.
    if (path === '/client.js') return void response.writeHead(302, { location: this.#name }).end();
    if (path.slice(1) !== this.#name) {
      throw new HookcastError(
        'NOT_FOUND',
        'This gateway has another version of the client. Import /client.js instead.',
      );
    }
    await sendFile(request, response, this.#file);
  }
}
