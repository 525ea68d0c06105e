import { readFileSync } from 'node:fs';

/** A proxy as Debian has it. */
export interface Program {
  /** Debian's package. */
  readonly name: string;
  readonly path: string;
  /** Of docs/deploy. */
  readonly recipe: string;
  /** The lines for a second gateway, which are comments in the recipe; null if the program knows only one gateway. */
  readonly second: RegExp | null;
  /** Whether it asks /readyz, and so sends nothing more to a gateway that drains. */
  readonly asks: boolean;
  /** The recipe with other addresses and ports. */
  readonly at: (recipe: string, ports: Ports) => string;
  /** How it is started in a folder in which `recipe` lies: its arguments, and files of its own beside it. */
  readonly start: (folder: string, port: number) => Start;
}

export interface Ports {
  readonly port: number;
  readonly gateways: readonly [number, number];
}

interface Start {
  readonly args: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

const gatewaysAt =
  (listen: (recipe: string, port: number) => string) =>
  (recipe: string, { port, gateways: [first, second] }: Ports): string =>
    listen(recipe.replaceAll('4000', String(first)).replaceAll('4001', String(second)), port);

export const PROGRAMS: readonly Program[] = [
  {
    name: 'nginx',
    path: '/usr/sbin/nginx',
    recipe: 'nginx.conf',
    second: /# (?=server )/,
    asks: false,
    at: gatewaysAt((recipe, port) => recipe.replace('listen 80;', `listen 127.0.0.1:${port};`)),
    start: (folder) => ({
      args: ['-c', `${folder}/main.conf`, '-p', folder, '-e', 'stderr'],
      files: {
        'main.conf': `daemon off; pid ${folder}/pid; error_log stderr; events {}
          http { access_log off; client_body_temp_path ${folder}/bodies; proxy_temp_path ${folder}/answers;
          fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; include recipe; }`,
      },
    }),
  },
  {
    name: 'haproxy',
    path: '/usr/sbin/haproxy',
    recipe: 'haproxy.cfg',
    // It has two as it is.
    second: /(?!)/,
    asks: true,
    at: (recipe, { port, gateways }) =>
      recipe
        .replaceAll('gateway1:4000', `127.0.0.1:${gateways[0]}`)
        .replaceAll('gateway2:4000', `127.0.0.1:${gateways[1]}`)
        .replace('bind :8080', `bind 127.0.0.1:${port}`)
        // It doesn't start where the machine allows fewer open files than two for each.
        .replace('maxconn 20000', 'maxconn 2000'),
    start: (folder) => ({ args: ['-db', '-f', `${folder}/recipe`] }),
  },
  {
    name: 'caddy',
    path: '/usr/bin/caddy',
    recipe: 'Caddyfile',
    second: /# (?=to )/,
    asks: true,
    at: gatewaysAt((recipe, port) => recipe.replace('hook.example.com', `http://127.0.0.1:${port}`)),
    start: (folder) => ({
      args: ['run', '--adapter', 'caddyfile', '--config', `${folder}/main`],
      files: { main: `{\n\tadmin off\n}\nimport ${folder}/recipe\n` },
      env: { HOME: folder },
    }),
  },
  {
    name: 'apache2',
    path: '/usr/sbin/apache2',
    recipe: 'apache.conf',
    second: null,
    asks: false,
    at: gatewaysAt((recipe, port) => recipe.replace('*:80', `127.0.0.1:${port}`)),
    start: (folder, port) => ({
      args: ['-DFOREGROUND', '-f', `${folder}/main.conf`],
      files: {
        'main.conf': `ServerName localhost\nServerRoot ${folder}\nPidFile ${folder}/pid\nDefaultRuntimeDir ${folder}
          Listen 127.0.0.1:${port}\nErrorLog ${folder}/errors\nUser www-data\nGroup www-data
          ${['mpm_event', 'authz_core', 'proxy', 'proxy_http']
            .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
            .join('\n')}
          Include ${folder}/recipe`,
      },
    }),
  },
  {
    name: 'varnish',
    path: '/usr/sbin/varnishd',
    recipe: 'varnish.vcl',
    second: /# (?=backend |gateways\.)/g,
    asks: true,
    at: gatewaysAt((recipe) => recipe),
    start: (folder, port) => ({
      args: ['-F', '-n', `${folder}/varnish`, '-a', `127.0.0.1:${port}`, '-f', `${folder}/recipe`, '-s', 'malloc,16m'],
    }),
  },
  {
    name: 'lighttpd',
    path: '/usr/sbin/lighttpd',
    recipe: 'lighttpd.conf',
    second: null,
    asks: false,
    at: gatewaysAt((recipe) => recipe),
    start: (folder, port) => ({
      args: ['-D', '-f', `${folder}/main.conf`],
      files: {
        'main.conf': `server.document-root = "${folder}"\nserver.bind = "127.0.0.1"\nserver.port = ${port}
include "${folder}/recipe"\n`,
      },
    }),
  },
  {
    name: 'h2o',
    path: '/usr/bin/h2o',
    recipe: 'h2o.yaml',
    second: null,
    asks: false,
    at: gatewaysAt((recipe, port) =>
      recipe
        .replace('hook.example.com:80', `127.0.0.1:${port}`)
        .replace('port: 80', `host: 127.0.0.1\n      port: ${port}`),
    ),
    start: (folder) => ({ args: ['-c', `${folder}/recipe`] }),
  },
];

/** The recipe as the docs have it, with the second gateway if there is to be one. */
export function recipeOf({ recipe, second, at }: Program, ports: Ports, gateways: 1 | 2): string {
  const text = readFileSync(new URL(`../../docs/deploy/${recipe}`, import.meta.url), 'utf8');
  return at(gateways === 2 && second ? text.replace(second, '') : text, ports);
}
