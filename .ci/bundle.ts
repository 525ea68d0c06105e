import { existsSync, globSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, type Rolldown, build } from 'vite';
import { writeBundled } from './bundled.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = join(ROOT, 'src');

/**
 * The command and the threads. Each file lies beside the code that starts it. The launcher is not bundled, because an older Node reads
 * it. Nor is the client, which is its own package, for browsers.
 */
const PROGRAMS = {
  cli: 'cli.ts',
  writer: 'log/sqlite/writer.ts',
  checkpointer: 'log/sqlite/checkpointer.ts',
  worker: 'workers/worker.ts',
};

/**
 * Modules that are always needed together are one file, because to find and link a file costs more than to read it. A file has what its
 * entries import, except for what an earlier file has. So a thread reads nothing of the gateway.
 */
const FILES: Readonly<Record<string, readonly string[]>> = {
  // What runs before all other code is found.
  start: ['needed-node.ts'],
  log: ['log/sqlite/writer.ts', 'log/sqlite/checkpointer.ts'],
  command: ['commands/line/call-command.ts', 'commands/process-terminal.ts'],
  gateway: ['commands/serve.ts', 'workers/worker.ts'],
  kit: ['provider-kit.ts', 'config-file.ts'],
};

/**
 * These are bundled although they are `dependencies`. They are dependencies for other reasons: the client takes clients of graphql-ws,
 * graphql-ws needs graphql beside itself, GraphiQL's package needs Yoga, and users' own providers import zod. In the bundle they load
 * faster: graphql's 170 modules were an eighth of a start, and zod's 95 (half of them languages) a twentieth of what was left.
 */
const BUNDLED: readonly string[] = ['graphql', 'graphql-ws', 'graphql-yoga', 'zod'];

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<'hookcast-source' | 'default', string>>>>;
}

/**
 * Bundles the program and the exports `hookcast/…` into few files. Each module has one instance, which the gateway and a user's own
 * provider share. Packages that are no `dependencies` go into the bundle, and those of `BUNDLED`.
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
      // `module` is graphql's form for bundlers. Under `node` it is CommonJS, of which nothing can be left out: 330 kB more to read.
      resolve: { conditions: ['hookcast-source', 'module', 'node', 'import'] },
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
          // All files lie beside each other, as deep as `src`, so that relative paths from sources also hold here.
          chunkFileNames: '[name]-[hash].js',
          comments: false,
          // To decode two megabytes that are not ASCII takes a fortieth of a start.
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

/** The entries of one line of `exports`: [providers/eduzz/eduzz, providers/eduzz/eduzz.ts], … */
function exported({
  'hookcast-source': source,
  default: built,
}: Record<'hookcast-source' | 'default', string>): [string, string][] {
  if (source.startsWith('./src/client/')) return [];
  // In ./src/providers/*/*.ts both stars stand for the same name.
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
    // A program awaits what it imports, and that may need modules in the program's own file. So each program is a file of its own.
    if (programs.has(id)) return null;
    const [first, second] = [...files].flatMap(([file, reached]) => (reached.has(id) ? [file] : []));
    // A thread needs nothing of the command line. And an older Node, which may lack node:sqlite, must come far enough to say what is needed.
    if (first === 'log' && second === 'command') return 'shared';
    return first ?? null;
  };
}

/**
 * Makes imports of Node's modules cheap. `import 'node:http'` makes Node read every export, and some exports load more of Node when they
 * are read: `node:http` all of Node's fetch, and `node:process` the reading of lines at a terminal. `getBuiltinModule` reads no export,
 * so only the imported names are read.
 */
function plainBuiltins(): Plugin {
  const MARK = '\0plain-builtin:';
  return {
    name: 'plain-builtins',
    enforce: 'pre',
    resolveId: {
      filter: { id: /^(?:node:)?[a-z0-9_/]+$/ },
      handler: (id, _importer, { kind }) => {
        // A `require` reads no export, and needs the module itself. The bundler's own code imports node:module, as the launcher does.
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
 * prom-client loads the fifty modules of OpenTelemetry's API for exemplars, which hookcast does not use. In the bundle it has its own
 * copy. The gateway's traces use the package that the user's SDK shares (telemetry/tracing.ts).
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
 * Yoga tests whether Node's own `Request` is in use, which makes Node load its fetch. It never is in use: Yoga brings its own
 * (@whatwg-node/fetch) wherever there is a `process`.
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
 * Replaces tsc's output in `dist` by the bundle. It keeps the launcher, which an older Node reads, the client, which is its own package,
 * and the console, which is built by itself.
 */
if (import.meta.main) {
  const folder = join(ROOT, 'dist');
  const kept = /^(?:client\/|console\/|launch\.js$|needed-node\.js$)/;
  for (const file of globSync('**/*.js', { cwd: folder })) if (!kept.test(file)) rmSync(join(folder, file));
  await bundle(folder);
}
