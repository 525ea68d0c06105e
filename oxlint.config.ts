import { type OxlintOverride, defineConfig } from 'oxlint';

/** The rooms of src, and what of ours each may import besides the ground floor. docs/ARCHITECTURE.md draws them. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  events: [],
  export: [],
  declaration: ['events'],
  types: ['declaration', 'events', 'providers/*/types'],
  providers: ['declaration', 'events', 'types'],
  ingest: ['events', 'providers'],
  drafting: ['events', 'providers'],
  testing: ['events', 'providers'],
  log: ['events'],
  live: ['events', 'tallies'],
  telemetry: ['events'],
  auth: ['events', 'config', 'settings'],
  operator: ['auth', 'events'],
  execution: ['auth', 'config', 'declaration', 'events', 'live', 'operator', 'telemetry', 'types'],
  graphql: ['auth', 'config', 'declaration', 'events', 'execution', 'live', 'operator', 'telemetry', 'types'],
  http: ['auth', 'events', 'ingest', 'live', 'tallies', 'telemetry'],
  transports: ['auth', 'events', 'execution', 'http', 'live', 'tallies', 'telemetry'],
};

/** What is above the rooms: it puts them together. */
const ASSEMBLY = ['workers', 'commands', 'cli', 'gateway', 'assembly', 'open-log'];
const PLACES = [...Object.keys(ROOMS), 'client', 'tallies', 'config', 'settings', ...ASSEMBLY];

const NO_BARRELS = { group: ['**/index.ts', '**/index.tsx'], message: 'No barrels: import the module that has it.' };
const NO_TESTS = { group: ['**/test/**', '**/bench/**'], message: 'What ships knows nothing of its tests.' };

interface Forbidden {
  readonly group: readonly string[];
  readonly message: string;
}

function imports(files: readonly string[], ...forbidden: readonly Forbidden[]): OxlintOverride {
  const patterns = [NO_BARRELS, NO_TESTS, ...forbidden].map(({ group, message }) => ({ group: [...group], message }));
  return { files: [...files], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

function patternsOf(place: string): string[] {
  const isFolder = place in ROOMS || ['client', 'tallies', 'workers', 'commands', 'assembly'].includes(place);
  return isFolder ? [`**/${place}/**`] : [`**/${place}.ts`];
}

function room([name, allowed]: [string, readonly string[]]): OxlintOverride {
  const closed = PLACES.filter((place) => place !== name && !allowed.includes(place));
  const opened = allowed.filter((place) => place.includes('*'));
  const may = allowed.length === 0 ? 'nothing else of ours' : `${allowed.join(', ')}, and nothing else of ours`;
  return imports([`src/${name}/**/*.ts`], {
    group: [...closed.flatMap(patternsOf), ...opened.map((place) => `!**/${place}/**`)],
    message: `${name} may import the ground floor, ${may} (docs/ARCHITECTURE.md).`,
  });
}

const GROUND = [
  'config',
  'config-error',
  'config-parts',
  'limits-config',
  'sources-config',
  'parse-settings',
  'setting-forms',
  'setting-lists',
  'settings',
  'limits',
  'errors',
  'guessable',
  'issuer-keys',
  'public-key',
  'shared',
  'version',
  'visible',
];

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'promise', 'node'],
  options: { typeAware: true, denyWarnings: true },
  categories: { correctness: 'error', suspicious: 'error' },
  env: { node: true, es2024: true },
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/consistent-type-imports': 'error',
    'no-console': 'error',
    'node/no-process-env': 'error',
    'no-restricted-globals': [
      'error',
      {
        name: 'process',
        message:
          'Only cli.ts, launch.ts, assert-node.ts and workers/worker.ts know the process; they hand on what others need.',
      },
    ],
    'typescript/no-unsafe-type-assertion': 'off',
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'no-underscore-dangle': ['error', { allow: ['__typename', '_handle', '_socket'] }],
    'unicorn/require-post-message-target-origin': 'off',
    'typescript/consistent-return': 'off',
  },
  overrides: [
    ...Object.entries(ROOMS).map(room),
    imports(['src/providers/*/types/*.ts'], {
      group: [
        ...PLACES.filter((place) => !['declaration', 'events', 'types'].includes(place)).flatMap(patternsOf),
        '../*.ts',
      ],
      message:
        'What a provider declares may import declaration, events, types, and nothing else of ours (docs/ARCHITECTURE.md).',
    }),
    imports(
      GROUND.map((file) => `src/${file}.ts`),
      {
        group: [
          ...PLACES.filter((place) => place !== 'settings').flatMap(patternsOf),
          '!**/providers/shipped.ts',
          '!**/providers/shipped-source.ts',
        ],
        message: 'The ground floor may import the ground floor alone (docs/ARCHITECTURE.md).',
      },
    ),
    imports(['src/tallies/**/*.ts'], {
      group: ['../**'],
      message: 'tallies import nothing else of ours (docs/ARCHITECTURE.md).',
    }),
    imports(['src/workers/**/*.ts'], {
      group: ['cli', 'live', 'http', 'transports', 'ingest', 'assembly']
        .flatMap(patternsOf)
        .concat('**/log/sqlite/**', '**/log/postgres/**'),
      message: 'Workers run gateways; they do not reach into one.',
    }),
    imports(['src/gateway.ts', 'src/assembly/**/*.ts', 'src/open-log.ts'], {
      group: ['commands', 'cli'].flatMap(patternsOf),
      message: 'They know nothing of commands.',
    }),
    imports(['src/commands/**/*.ts'], {
      group: ['cli', 'log', 'live', 'http', 'transports', 'ingest', 'telemetry', 'assembly'].flatMap(patternsOf),
      message: 'A command builds a gateway; it does not reach into one.',
    }),
    imports(['src/client/**/*.ts'], {
      group: ['node:*', '../**'],
      message: 'client runs in browsers, by itself (docs/ARCHITECTURE.md).',
    }),
    imports(['console/**/*.ts', 'console/**/*.tsx'], {
      group: [
        '**/src/**',
        '!**/src/client/**',
        '!**/src/export/**',
        'node:*',
        'hookcast/*',
        '!hookcast/client',
        '!hookcast/list',
        '!hookcast/resuming',
      ],
      message:
        'The console is a frontend like any other: of ours it may import the client and how events are exported (docs/ARCHITECTURE.md).',
    }),
    {
      files: ['console/**/*.ts', 'console/**/*.tsx'],
      plugins: ['typescript', 'import', 'unicorn', 'promise', 'react', 'jsx-a11y'],
      env: { browser: true, node: false },
      rules: {
        'import/no-unassigned-import': ['error', { allow: ['**/*.css'] }],
        'react/react-in-jsx-scope': 'off',
        'react/exhaustive-effect-dependencies': 'off',
        'react/incompatible-library': 'off',
        'react/preserve-manual-memoization': 'off',
        'react/purity': 'off',
        'react/set-state-in-effect': 'off',
        'jsx-a11y/no-noninteractive-element-interactions': 'off',
        'jsx-a11y/no-noninteractive-tabindex': 'off',
        'jsx-a11y/prefer-tag-over-role': 'off',
      },
    },
    {
      files: ['console/*.config.ts', 'console/client-module.ts', 'console/introspect.ts'],
      rules: { 'import/no-default-export': 'off', 'no-restricted-imports': 'off' },
    },
    {
      files: ['src/assert-node.ts', 'src/cli.ts', 'src/launch.ts', 'src/workers/worker.ts'],
      rules: { 'import/no-unassigned-import': 'off', 'node/no-process-env': 'off', 'no-restricted-globals': 'off' },
    },
    {
      files: ['.ci/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', '*.config.ts'],
      rules: {
        'import/no-default-export': 'off',
        'no-restricted-globals': 'off',
        'node/no-process-env': 'off',
        'no-console': 'off',
        'typescript/no-explicit-any': 'off',
        'unicorn/consistent-function-scoping': 'off',
        'no-unmodified-loop-condition': 'off',
        'no-unsafe-optional-chaining': 'off',
      },
    },
  ],
  ignorePatterns: ['bench/peers/**'],
});
