import { existsSync, globSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, type Rolldown, build } from 'vite';
import { writeBundled } from './bundled.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = join(ROOT, 'src');

/**
 * The command, and each thread beside whatever starts it. The launcher is not among them: an older Node reads it. Nor is the client: it
 * is a package of its own, for browsers.
 */
const PROGRAMS = {
  cli: 'cli.ts',
  writer: 'log/sqlite/writer.ts',
  checkpointer: 'log/sqlite/checkpointer.ts',
  worker: 'workers/worker.ts',
};

/**
 * What is always needed together is one file: to find and link a file costs more than to read it. Each has what its entries import,
 * but for what an earlier one has, so that a thread reads nothing of the gateway.
 */
const FILES: Readonly<Record<string, readonly string[]>> = {
  log: ['log/sqlite/writer.ts', 'log/sqlite/checkpointer.ts'],
  command: ['cli.ts'],
  gateway: ['commands/serve.ts', 'workers/worker.ts'],
  kit: ['provider-kit.ts', 'config-file.ts'],
};

/**
 * These are dependencies for other reasons: the client is given clients of graphql-ws, which wants graphql beside itself as GraphiQL's
 * package wants Yoga, and users' own providers import zod. The gateway's own are in the bundle: graphql's 170 modules were an eighth of a
 * start, and zod's 95, of which half are languages, a twentieth of what was left.
 */
const BUNDLED: readonly string[] = ['graphql', 'graphql-ws', 'graphql-yoga', 'zod'];

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<'hookcast-source' | 'default', string>>>>;
}

/**
 * Makes the program and what `hookcast/…` exports out of the sources, in few files: of one module there is one instance, also
 * between a provider of the user's own and the gateway. Of packages, those that are no `dependencies` go in.
 */
export async function bundle(folder: string): Promise<void> {
  const { dependencies, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const entries = Object.values(exports).flatMap((target) => (typeof target === 'string' ? [] : exported(target)));
  const input = Object.fromEntries([...Object.entries(PROGRAMS), ...entries]);
  const { output } = (await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    plugins: [plainBuiltins(), metricsWithoutTraces(), yogaWithoutFetch()],
    ssr: {
      noExternal: true,
      external: Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
      resolve: { conditions: ['hookcast-source', 'node', 'import'] },
    },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node24',
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(input).map(([name, path]) => [name, join(SOURCES, path)])),
        output: {
          entryFileNames: '[name].js',
          // All beside each other, as deep as `src` itself: what is found from a source is found from here.
          chunkFileNames: '[name]-[hash].js',
          comments: false,
          // Two megabytes that are not ASCII take a decoder a fortieth of a start.
          charset: 'ascii',
          codeSplitting: {
            includeDependenciesRecursively: false,
            groups: [{ name: fileOf(), debugName: 'needed together' }],
          },
        },
      },
    },
  })) as Rolldown.RolldownOutput;
  writeBundled(
    folder,
    output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])),
  );
}

/** What one line of `exports` says: [providers/eduzz/eduzz, providers/eduzz/eduzz.ts], … */
function exported({
  'hookcast-source': source,
  default: built,
}: Record<'hookcast-source' | 'default', string>): [string, string][] {
  if (source.startsWith('./src/client/')) return [];
  // In ./src/providers/*/*.ts both stars stand for the same.
  const names = source.includes('*')
    ? readdirSync(join(ROOT, source.slice(0, source.indexOf('*')))).map((file) => file.replace(/\.ts$/, ''))
    : [''];
  const [from, to] = [source.slice('./src/'.length), built.slice('./dist/'.length)];
  return names
    .map((name): [string, string] => [to.replaceAll('*', name).replace(/\.js$/, ''), from.replaceAll('*', name)])
    .filter(([, path]) => existsSync(join(SOURCES, path)));
}

type Graph = { getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null };

/** Which file a module goes into; null leaves it to the bundler. */
function fileOf() {
  const files = new Map<string, ReadonlySet<string>>();
  const programs = new Set(Object.values(PROGRAMS).map((path) => join(SOURCES, path)));
  const reach = (id: string, graph: Graph, reached: Set<string>): Set<string> => {
    if (reached.has(id)) return reached;
    reached.add(id);
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) reach(imported, graph, reached);
    return reached;
  };
  return (id: string, graph: Graph) => {
    if (files.size === 0) {
      for (const [file, entries] of Object.entries(FILES)) {
        const reached = new Set<string>();
        for (const entry of entries) reach(join(SOURCES, entry), graph, reached);
        files.set(file, reached);
      }
    }
    // The programs themselves await what they run, and that may need whatever shares a file with them.
    if (programs.has(id)) return null;
    const [first, second] = [...files].flatMap(([file, reached]) => (reached.has(id) ? [file] : []));
    // A thread needs nothing of the command line, and an older Node must come so far as to say what is needed: node:sqlite is new.
    if (first === 'log' && second === 'command') return 'shared';
    return first ?? null;
  };
}

/**
 * `import 'node:http'` makes Node read all that it exports, and some of that loads more of Node when it is read: of `node:http`, all
 * of Node's fetch, and of `node:process` what reads lines at a terminal. `getBuiltinModule` reads nothing, and what is
 * imported by name is all that is read then.
 */
function plainBuiltins(): Plugin {
  const MARK = '\0plain-builtin:';
  return {
    name: 'plain-builtins',
    enforce: 'pre',
    resolveId: {
      filter: { id: /^(?:node:)?[a-z0-9_/]+$/ },
      handler: (id, _importer, { kind }) => {
        // A `require` reads nothing, and wants the module itself. The bundler's own code imports node:module, as the launcher does.
        if (!isBuiltin(id) || kind === 'require-call' || id === 'node:module') return null;
        return `${MARK}${id.replace(/^(?:node:)?/, 'node:')}`;
      },
    },
    load: {
      filter: { id: /plain-builtin:/ },
      handler: (id) => {
        const name = id.slice(MARK.length);
        const names = Object.keys(process.getBuiltinModule(name) ?? {}).filter((each) => each !== 'default');
        return `const builtin = process.getBuiltinModule('${name}');
                export default builtin;
                ${names.map((each) => `export const ${each} = /* @__PURE__ */ Reflect.get(builtin, '${each}');`).join('\n')}`;
      },
    },
  };
}

/**
 * prom-client loads the fifty modules of OpenTelemetry's API for exemplars, which nobody asks it for. In the bundle it has its own
 * copy; the gateway's traces go through the package that the user's SDK shares (telemetry/tracing.ts).
 */
function metricsWithoutTraces(): Plugin {
  return {
    name: 'metrics-without-traces',
    enforce: 'pre',
    resolveId: {
      filter: { id: /^@opentelemetry\/api$/ },
      handler: (_id, importer) =>
        importer?.includes('/prom-client/') ? join(ROOT, 'node_modules/@opentelemetry/api/build/esm/index.js') : null,
    },
  };
}

/**
 * Yoga asks whether Node's own `Request` is in use, which makes Node load its fetch. It never is: Yoga brings one (@whatwg-node/fetch)
 * wherever there is a `process`.
 */
function yogaWithoutFetch(): Plugin {
  const ASKED = 'fetchAPI.Request !== globalThis.Request';
  return {
    name: 'yoga-without-fetch',
    transform: {
      filter: { id: /@whatwg-node\/server\/.*createServerAdapter\.js$/ },
      handler: (code) => {
        if (!code.includes(ASKED)) throw new Error('Yoga no longer asks for Node’s Request: take this plugin away');
        return code.replace(ASKED, 'true');
      },
    },
  };
}

/**
 * In `dist`: what tsc has made of the sources goes, but for the launcher, which an older Node reads, and the client, a package of its
 * own. The console is built by itself.
 */
if (import.meta.main) {
  const folder = join(ROOT, 'dist');
  const kept = /^(?:client\/|console\/|launch\.js$|needed-node\.js$)/;
  for (const file of globSync('**/*.js', { cwd: folder })) if (!kept.test(file)) rmSync(join(folder, file));
  await bundle(folder);
}
