import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.js';
import { type JsonValue, parseJson } from '../../src/base/json-parse.js';
import { type SchemaName, type SchemaValidator, loadValidator } from '../../src/base/schema.js';

type Members = { [key: string]: unknown };

const oneOf = (characters: string): fc.Arbitrary<string> => fc.constantFrom(...characters.split(''));
const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: oneOf('0123456789abcdef'), minLength: length, maxLength: length });
const digest: fc.Arbitrary<string> = fc.oneof(
  hex(64).map((text) => `sha256:${text}`),
  hex(128).map((text) => `sha512:${text}`),
  fc.constant('multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8'),
);
const size: fc.Arbitrary<number> = fc.maxSafeNat();
const name: fc.Arbitrary<string> = fc
  .tuple(oneOf('aZ0'), fc.string({ unit: oneOf('azAZ09!#$&^_.+-'), maxLength: 126 }))
  .map((pieces) => pieces.join(''));
const mediaType: fc.Arbitrary<string> = fc.tuple(name, name).map((pieces) => pieces.join('/'));
const strings = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), {
  maxKeys: 3,
});

/** Members that no specification knows; their names cannot be those of members that one knows. */
const extras: fc.Arbitrary<Members> = fc.dictionary(
  fc.string().map((text) => `x-${text}`),
  fc.jsonValue({ depthSize: 'small' }),
  { maxKeys: 2 },
);
const withExtras = (known: fc.Arbitrary<Members>): fc.Arbitrary<Members> =>
  fc.tuple(extras, known).map(([more, members]) => ({ ...more, ...members }));

const platform = withExtras(
  fc.record(
    {
      architecture: fc.string(),
      os: fc.string(),
      variant: fc.string(),
      'os.version': fc.string(),
      'os.features': fc.array(fc.string(), { maxLength: 2 }),
    },
    { requiredKeys: ['architecture', 'os'] },
  ),
);
const descriptor = withExtras(
  fc.record(
    {
      mediaType,
      digest,
      size,
      urls: fc.array(fc.webUrl(), { maxLength: 2 }),
      annotations: strings,
      data: fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('base64')),
      platform,
      artifactType: mediaType,
    },
    { requiredKeys: ['mediaType', 'digest', 'size'] },
  ),
);
const descriptors = fc.array(descriptor, { minLength: 1, maxLength: 3 });

const manifest = withExtras(
  fc.record(
    {
      schemaVersion: fc.constant(2),
      mediaType: fc.constant('application/vnd.oci.image.manifest.v1+json'),
      artifactType: mediaType,
      config: descriptor,
      layers: descriptors,
      subject: descriptor,
      annotations: strings,
    },
    { requiredKeys: ['schemaVersion', 'config', 'layers'] },
  ),
);
const index = withExtras(
  fc.record(
    {
      schemaVersion: fc.constant(2),
      mediaType: fc.constant('application/vnd.oci.image.index.v1+json'),
      artifactType: mediaType,
      manifests: descriptors,
      subject: descriptor,
      annotations: strings,
    },
    { requiredKeys: ['schemaVersion', 'manifests'] },
  ),
);

/** A change of one value that the specification forbids. */
interface Mutation {
  readonly name: string;
  readonly apply: (members: Members) => void;
}

const set = (member: string, value: unknown): Mutation => ({
  name: `${member} = ${JSON.stringify(value)}`,
  apply: (members) => (members[member] = value),
});
const drop = (member: string): Mutation => ({
  name: `without ${member}`,
  apply: (members) => void delete members[member],
});
const edit = (member: string, what: string, change: (value: string) => string): Mutation => ({
  name: `${member} ${what}`,
  apply: (members) => (members[member] = change(String(members[member]))),
});

const NOT_TEXT = [null, true, 7, [], {}];
const NOT_AN_OBJECT = [null, false, 0, '', []];
const NOT_AN_ARRAY = [null, true, 1, 'a', {}];

const OF_DESCRIPTORS: readonly Mutation[] = [
  ...['mediaType', 'digest', 'size'].map(drop),
  ...['mediaType', 'digest', 'data', 'artifactType'].flatMap((member) => NOT_TEXT.map((value) => set(member, value))),
  ...[null, true, '7', -1, 0.5, 2 ** 53, [], {}].map((value) => set('size', value)),
  ...NOT_AN_OBJECT.flatMap((value) => [set('annotations', value), set('platform', value)]),
  ...NOT_AN_ARRAY.map((value) => set('urls', value)),
  ...NOT_TEXT.flatMap((value) => [set('urls', [value]), set('annotations', { a: value })]),
  edit('digest', 'with a path', (value) => value.replace(':', ':../')),
  edit('digest', 'without colon', (value) => value.replace(':', '')),
  edit('digest', 'with a newline', (value) => `${value}\n`),
  edit('digest', 'with its algorithm in upper case', (value) =>
    value.replace(/^[a-z]+/, (algorithm) => algorithm.toUpperCase()),
  ),
  edit('digest', 'of sha256, one digit short', () => `sha256:${'a'.repeat(63)}`),
  edit('digest', 'of sha256, in upper case', () => `sha256:${'A'.repeat(64)}`),
  edit('mediaType', 'without slash', (value) => value.replace('/', '')),
  edit('mediaType', 'with another slash', (value) => `${value}/a`),
  edit('mediaType', 'with a space', (value) => ` ${value}`),
  set('data', 'a'),
  set('data', 'a b='),
  set('platform', { os: 'linux' }),
  set('platform', { architecture: 'amd64' }),
  set('platform', { os: 'linux', architecture: null }),
];

const OF_DOCUMENTS: readonly Mutation[] = [
  ...[null, 1, 3, '2', [], {}].map((value) => set('schemaVersion', value)),
  drop('schemaVersion'),
  ...[...NOT_TEXT, '', 'application/vnd.docker.distribution.manifest.v2+json'].map((value) => set('mediaType', value)),
  ...[...NOT_TEXT, '', 'type'].map((value) => set('artifactType', value)),
  ...NOT_AN_OBJECT.flatMap((value) => [set('subject', value), set('annotations', value)]),
  ...NOT_TEXT.map((value) => set('annotations', { a: value })),
];

const OF_LISTS = (list: string): readonly Mutation[] => [
  drop(list),
  ...NOT_AN_ARRAY.map((value) => set(list, value)),
  ...NOT_AN_OBJECT.map((value) => set(list, [value])),
];

interface Kind {
  readonly name: SchemaName;
  readonly documents: fc.Arbitrary<Members>;
  readonly mutations: readonly Mutation[];
  /** Paths to objects that are descriptors whenever they are there. */
  readonly descriptors: readonly (readonly string[])[];
}

const KINDS: readonly Kind[] = [
  { name: 'oci-descriptor', documents: descriptor, mutations: OF_DESCRIPTORS, descriptors: [] },
  {
    name: 'oci-image-manifest',
    documents: manifest,
    mutations: [
      ...OF_DOCUMENTS,
      ...OF_LISTS('layers'),
      drop('config'),
      ...NOT_AN_OBJECT.map((value) => set('config', value)),
    ],
    descriptors: [['config'], ['layers', '0'], ['subject']],
  },
  {
    name: 'oci-image-index',
    documents: index,
    mutations: [...OF_DOCUMENTS, ...OF_LISTS('manifests')],
    descriptors: [['manifests', '0'], ['subject']],
  },
];

const parse = (members: Members): JsonValue => parseJson(utf8(JSON.stringify(members)), { subject: 'doc', depth: 64 });

const follow = (members: Members, path: readonly string[]): Members | undefined => {
  let place: unknown = members;
  for (const step of path) place = (place as Members | undefined)?.[step];
  return place as Members | undefined;
};

describe.for(KINDS)('the schema $name', ({ name: schema, documents, mutations, descriptors: paths }) => {
  let validate: SchemaValidator;
  beforeAll(async () => {
    validate = await loadValidator(schema);
  });

  it('accepts every document that the specification allows', () => {
    fc.assert(
      fc.property(documents, (members) => {
        expect(validate(parse(members))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('catches each change that the specification forbids', () => {
    const places: readonly (readonly [path: readonly string[], mutation: Mutation])[] = [
      ...mutations.map((mutation) => [[], mutation] as const),
      ...paths.flatMap((path) => OF_DESCRIPTORS.map((mutation) => [path, mutation] as const)),
    ];
    fc.assert(
      fc.property(documents, (members) => {
        for (const [path, mutation] of places) {
          const copy = structuredClone(members);
          const place = follow(copy, path);
          if (place === undefined) continue;
          mutation.apply(place);
          expect(validate(parse(copy)), `${path.join('/')} ${mutation.name}`).not.toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
  });
});
