import * as fc from 'fast-check';

type Payload = Record<string, unknown>;
type Path = readonly (string | number)[];

const CHANGES = ['drop', 'null', 'number', 'flag', 'text', 'long', 'list', 'object', 'wrap', 'extra'] as const;
type Change = (typeof CHANGES)[number];

/** Made once: fast-check makes tables of all characters for each of them, which took more than what is tested with it. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '2026-02-30T00:00:00Z', 'null', '\0', '\ud800'),
);

/** A payload with up to three changed places. */
export function mutated(payload: () => Payload, changes: readonly Change[] = CHANGES): fc.Arbitrary<Payload> {
  const mutation = fc.record({
    where: fc.nat(10_000),
    change: fc.constantFrom(...changes),
    number: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(2 ** 60)),
    text: anyText,
    value: fc.jsonValue({ maxDepth: 3 }),
  });
  return fc.array(mutation, { minLength: 1, maxLength: 3 }).map((mutations) => {
    let changed: Payload = structuredClone(payload());
    for (const { where, change, number, text, value } of mutations) {
      const paths = pathsIn(changed);
      const path = paths[where % paths.length] ?? [];
      const was = path.reduce<unknown>((inner, step) => (inner as Payload)[step as string], changed);
      const becomes: Record<Change, unknown> = {
        drop: undefined,
        null: null,
        number,
        flag: number > 0,
        text,
        long: 'x'.repeat(5_000),
        list: [value, was],
        object: { value },
        wrap: { was },
        extra: isObject(was) ? { ...was, [`extra_${where}`]: value } : was,
      };
      changed = replaced(changed, path, becomes[change]) as Payload;
      if (!isObject(changed)) return structuredClone(payload());
    }
    return changed;
  });
}

/** The payload with one more member, also in each object right inside. */
export function withMember(payload: Payload, name: string, value: unknown): Payload {
  return { ...payload, [name]: value };
}

/** Names of secrets: of members that open something. */
const SECRETS = ['token', 'clientSecret', 'password', 'api_key', 'href', 'joinLink', 'postback', 'barCode', 'qr_code'];

/** Each member in turn as every JSON type that it is not, and with its path. Of lists the first item. */
export function* oddly(payload: Payload): Generator<{ readonly path: string; readonly payload: Payload }> {
  for (const path of pathsIn(payload)) {
    if (path.length === 0 || path.some((step) => typeof step === 'number' && step > 0)) continue;
    const was = path.reduce<unknown>((inner, step) => (inner as Payload)[step as string], payload);
    for (const odd of [null, true, 7.5, 'odd', ['odd'], { odd: 'odd' }]) {
      if (kindOf(odd) === kindOf(was)) continue;
      yield { path: path.join('.'), payload: replaced(structuredClone(payload), path, odd) as Payload };
    }
  }
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}

/** The same with something in each of its objects that opens something. */
export function withSecrets(value: unknown, secret: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withSecrets(item, secret));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, withSecrets(member, secret)]);
  return { ...Object.fromEntries(members), ...Object.fromEntries(SECRETS.map((name) => [name, secret])) };
}

/** Members, as JSON text, that have brought down one parser or another. */
export function hostileMembers(): string[] {
  return [
    '"__proto__":{"polluted":true}',
    '"constructor":{"prototype":{"polluted":true}}',
    '"hasOwnProperty":1,"toString":2,"toJSON":3,"outcome":"pong"',
    String.raw`"nul":"\u0000","half":"\ud800","other":"\udfff\ud800"`,
    String.raw`"\u0000\ud800":1`,
    `"big":12345678901234567890,"small":1e-400,"huge":1e400,"long":${'9'.repeat(400)}`,
    `"deep":${'['.repeat(50)}${']'.repeat(50)}`,
    '"":"","__defineGetter__":null',
  ];
}

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const members = Object.entries(value).flatMap(([name, member]) =>
    pathsIn(member, [...path, Array.isArray(value) ? Number(name) : name]),
  );
  return [path, ...members];
}

function replaced(value: unknown, [step, ...rest]: Path, becomes: unknown): unknown {
  if (step === undefined) return becomes;
  if (Array.isArray(value)) {
    return value
      .map((member, index) => (index === step ? replaced(member, rest, becomes) : member))
      .filter((member) => member !== undefined);
  }
  return Object.fromEntries(
    Object.entries(value as Payload)
      .map(([name, member]) => [name, name === step ? replaced(member, rest, becomes) : member])
      .filter(([, member]) => member !== undefined),
  );
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
