import { beforeAll, describe, expect, it } from 'vitest';

import type { ErrorCode } from '../../src/base/error-code.js';
import type { ErrorDetails } from '../../src/base/error.js';
import {
  type Files,
  archiveFile,
  archiveLink,
  flipped,
  replaced,
  tarOf,
  withBytes,
  without,
} from '../support/archive-builder.js';
import {
  type Built,
  type BuiltImage,
  type Change,
  type ImageRecipe,
  type Json,
  MEDIA,
  REF_NAME,
  blobPath,
  buildImage,
  buildIndex,
  buildReferrer,
  digestOf,
  dockerFiles,
  layoutFiles,
  onPlatform,
} from '../support/image-builder.js';
import { L1, L2, dockerBase, hybridBase, imageA, imageB, layoutBase } from './bases.js';
import { createWorkbench, errorsAmong, expectAccepted, expectRefused, expectSameBytes, saved } from './outcome.js';

const bench = createWorkbench();

const A = imageA();
const DIGEST = {
  manifest: digestOf(A.manifest),
  config: digestOf(A.config),
  l1: digestOf(L1.plain),
  l2: digestOf(L2.plain),
};
const PATH = { manifest: blobPath(DIGEST.manifest), config: blobPath(DIGEST.config), l1: blobPath(DIGEST.l1) };

type Changes = Partial<ImageRecipe>;
const base = (image: Changes): Files => layoutBase({ image });
const set =
  (change: Json): Change<Json> =>
  (value) => ({ ...value, ...change });
const drop =
  (key: string): Change<Json> =>
  ({ [key]: _gone, ...rest }) =>
    rest;
/** The first layer's descriptor with a change. */
const layer =
  (change: Change<Json>): Change<readonly Json[]> =>
  ([first = {}, ...rest]) => [change(first), ...rest];
const text =
  (change: (json: string) => string): Change<Uint8Array> =>
  (bytes) =>
    Buffer.from(change(Buffer.from(bytes).toString('utf8')));
/** Index in index, the image below. */
const nested = (levels: number, leaf: Built = A): Built => {
  let built = leaf;
  for (let level = 0; level < levels; level += 1) built = buildIndex([built]);
  return built;
};
/** The image listed as it is, and changed where it stands in `index.json` alone. */
const listed = (change: Change<Json>): Files => base({ descriptor: change });
const named = (name: string): Files =>
  layoutBase({ index: ({ manifests, ...rest }) => ({ ...rest, manifests: annotated(manifests, name) }) });
const annotated = (manifests: unknown, name: string): readonly Json[] =>
  (manifests as readonly Json[]).map((entry) => ({ ...entry, annotations: { [REF_NAME]: name } }));
const other = Buffer.from('other');
const data = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const B_AS_DOCKER = dockerFiles([{ built: imageB, names: ['evil:1'] }]);
const FOREIGN = { mediaType: MEDIA.foreignLayer, urls: ['http://127.0.0.1:9/layer', 'file:///etc/passwd'] };

interface Refused {
  readonly row: string;
  readonly what: string;
  readonly input: Files;
  readonly code: ErrorCode;
  readonly details?: ErrorDetails;
}

const REFUSED: readonly Refused[] = [
  {
    row: 'O01',
    what: 'a manifest digest like a path',
    input: listed(set({ digest: 'sha256:../../../etc/passwd' })),
    code: 'DIGEST_INVALID',
    details: { pointer: '/manifests/0/digest' },
  },
  {
    row: 'O01',
    what: 'a layer digest like a path',
    input: base({ layerDescriptors: layer(set({ digest: 'sha256:../../../etc/passwd' })) }),
    code: 'DIGEST_INVALID',
    details: { pointer: '/layers/0/digest' },
  },
  {
    row: 'O02',
    what: 'hex digits in upper case',
    input: listed(set({ digest: DIGEST.manifest.toUpperCase().replace('SHA', 'sha') })),
    code: 'DIGEST_INVALID',
  },
  {
    row: 'O03',
    what: 'other bytes of a layer',
    input: withBytes(base({}), PATH.l1, (bytes) => flipped(bytes, 515)),
    code: 'DIGEST_MISMATCH',
    details: { subject: DIGEST.l1 },
  },
  {
    row: 'O03',
    what: 'other bytes of a config',
    input: withBytes(base({}), PATH.config, (bytes) => flipped(bytes, 20)),
    code: 'DIGEST_MISMATCH',
    details: { subject: DIGEST.config },
  },
  {
    row: 'O03',
    what: 'other bytes of the manifest',
    input: withBytes(base({}), PATH.manifest, (bytes) => flipped(bytes, 20)),
    code: 'DIGEST_MISMATCH',
    details: { subject: DIGEST.manifest },
  },
  {
    row: 'O04',
    what: 'manifest size -5',
    input: listed(set({ size: -5 })),
    code: 'SIZE_INVALID',
    details: { pointer: '/manifests/0/size' },
  },
  { row: 'O04', what: 'manifest size 0', input: listed(set({ size: 0 })), code: 'SIZE_MISMATCH' },
  {
    row: 'O04',
    what: 'manifest size -1 byte',
    input: listed(set({ size: A.manifest.length - 1 })),
    code: 'SIZE_MISMATCH',
  },
  {
    row: 'O04',
    what: 'manifest size +100',
    input: listed(set({ size: A.manifest.length + 100 })),
    code: 'SIZE_MISMATCH',
  },
  {
    row: 'O04',
    what: 'manifest size 2^63-1',
    input: layoutBase({
      indexBytes: text((json) => json.replace(`"size":${A.manifest.length}`, '"size":9223372036854775807')),
    }),
    code: 'SIZE_INVALID',
    details: { pointer: '/manifests/0/size', found: 'the number 9223372036854775807' },
  },
  {
    row: 'O04',
    what: 'a wrong size before a wrong digest',
    input: withBytes(base({}), PATH.manifest, () => other),
    code: 'SIZE_MISMATCH',
  },
  {
    row: 'O04f',
    what: 'layer size + 7',
    input: base({ layerDescriptors: layer(set({ size: L1.plain.length + 7 })) }),
    code: 'SIZE_MISMATCH',
    details: { subject: DIGEST.l1, found: `${L1.plain.length} bytes` },
  },
  {
    row: 'O07',
    what: 'a manifest by md5',
    input: base({ algorithm: 'md5' }),
    code: 'DIGEST_ALGORITHM_UNSUPPORTED',
    details: { found: 'md5' },
  },
  {
    row: 'O07',
    what: 'a layer by md5',
    input: replaced(
      base({ layerDescriptors: layer(set({ digest: digestOf(L1.plain, 'md5') })) }),
      PATH.l1,
      archiveFile(blobPath(digestOf(L1.plain, 'md5')), L1.plain),
    ),
    code: 'DIGEST_ALGORITHM_UNSUPPORTED',
  },
  {
    row: 'O08',
    what: 'a manifest with layers and manifests',
    input: base({ manifest: set({ manifests: [] }) }),
    code: 'MANIFEST_AMBIGUOUS',
  },
  {
    row: 'O08',
    what: 'an index with manifests and layers',
    input: layoutFiles([{ built: buildIndex([A], set({ layers: [] })) }]),
    code: 'MANIFEST_AMBIGUOUS',
  },
  {
    row: 'O09',
    what: 'another mediaType inside',
    input: base({ manifest: set({ mediaType: MEDIA.index }) }),
    code: 'MEDIATYPE_CONFLICT',
    details: { pointer: '/mediaType', expected: MEDIA.manifest, found: MEDIA.index },
  },
  {
    row: 'O09',
    what: 'a mediaType outside that is unknown, of what calls itself a manifest',
    input: listed(set({ mediaType: 'application/vnd.oci.image.manifest.v1+jsoN' })),
    code: 'MEDIATYPE_CONFLICT',
    details: { pointer: '/mediaType', found: MEDIA.manifest },
  },
  {
    row: 'O09',
    what: 'one digest as manifest and as config',
    input: layoutFiles([{ built: A }, { built: selfConfigured() }]),
    code: 'MEDIATYPE_CONFLICT',
    details: { subject: DIGEST.manifest },
  },
  { row: 'O10', what: 'no oci-layout', input: without(base({}), 'oci-layout'), code: 'LAYOUT_MISSING' },
  {
    row: 'O10',
    what: 'version 2.0.0',
    input: layoutBase({ layout: set({ imageLayoutVersion: '2.0.0' }) }),
    code: 'LAYOUT_VERSION',
    details: { found: '2.0.0' },
  },
  {
    row: 'O10',
    what: 'no version',
    input: layoutBase({ layout: () => ({}) }),
    code: 'SCHEMA_INVALID',
    details: { pointer: '/imageLayoutVersion' },
  },
  { row: 'O11', what: 'a chain of 33 indexes', input: layoutFiles([{ built: nested(33) }]), code: 'INDEX_TOO_DEEP' },
  {
    row: 'O11',
    what: 'a chain of 2000 indexes',
    input: layoutFiles([{ built: nested(2000) }]),
    code: 'INDEX_TOO_DEEP',
  },
  {
    row: 'O13',
    what: 'data of the right size that is not the blob',
    input: base({ configDescriptor: (value) => ({ ...value, data: data(flipped(A.config, 3)) }) }),
    code: 'DATA_MISMATCH',
    details: { subject: DIGEST.config },
  },
  {
    row: 'O13',
    what: 'data of another size',
    input: base({ configDescriptor: set({ data: data(other) }) }),
    code: 'DATA_MISMATCH',
    details: { pointer: '/config/data' },
  },
  {
    row: 'O13',
    what: 'data that is the blob, beside a blob with other bytes',
    input: withBytes(base({ layerDescriptors: layer(set({ data: data(L1.plain) })) }), PATH.l1, (bytes) =>
      flipped(bytes, 3),
    ),
    code: 'DIGEST_MISMATCH',
    details: { subject: DIGEST.l1 },
  },
  {
    row: 'O13',
    what: 'data in the second descriptor of a blob alone',
    input: base({
      layers: [L1, L1],
      layerDescriptors: ([first = {}, second = {}]) => [first, { ...second, data: data(other) }],
    }),
    code: 'DATA_MISMATCH',
  },
  {
    row: 'O16',
    what: 'schemaVersion 1',
    input: base({ manifest: set({ schemaVersion: 1 }) }),
    code: 'SCHEMA1_UNSUPPORTED',
    details: { pointer: '/schemaVersion' },
  },
  {
    row: 'O16',
    what: 'no schemaVersion',
    input: base({ manifest: drop('schemaVersion') }),
    code: 'SCHEMA_INVALID',
    details: { pointer: '/schemaVersion' },
  },
  {
    row: 'O16',
    what: 'a Docker schema 1 manifest',
    input: listed(set({ mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws' })),
    code: 'SCHEMA1_UNSUPPORTED',
  },
  {
    row: 'O18',
    what: 'an image config that is not JSON',
    input: base({ configBytes: () => Buffer.from('#!/bin/sh') }),
    code: 'CONFIG_INVALID',
  },
  { row: 'O19', what: 'ref.name with ESC', input: named('t\u001b[31m'), code: 'REFERENCE_INVALID' },
  { row: 'O19', what: 'ref.name with a newline', input: named('t1\n'), code: 'REFERENCE_INVALID' },
  {
    row: 'O19',
    what: 'ref.name ../..',
    input: named('../..'),
    code: 'REFERENCE_INVALID',
    details: { subject: '../..' },
  },
  {
    row: 'O22',
    what: "a second file of a blob's name with other bytes",
    input: [...base({}), archiveFile(PATH.l1, other)],
    code: 'ARCHIVE_DUPLICATE',
    details: { subject: PATH.l1 },
  },
  {
    row: 'O23',
    what: 'a second index.json, empty',
    input: [...base({}), archiveFile('index.json', '')],
    code: 'ARCHIVE_DUPLICATE',
    details: { subject: 'index.json' },
  },
  {
    row: 'O24',
    what: 'a layer that is not there',
    input: without(base({}), PATH.l1),
    code: 'BLOB_MISSING',
    details: { subject: DIGEST.l1 },
  },
  { row: 'O24', what: 'a config that is not there', input: without(base({}), PATH.config), code: 'BLOB_MISSING' },
  { row: 'O24', what: 'a manifest that is not there', input: without(base({}), PATH.manifest), code: 'BLOB_MISSING' },
  {
    row: 'O25',
    what: 'manifest.json of B',
    input: [...base({}), ...B_AS_DOCKER],
    code: 'ARCHIVE_CONFLICT',
    details: { found: expect.stringContaining('evil:1') as string },
  },
  {
    row: 'O25',
    what: 'manifest.json with the tag of another image of index.json',
    input: twoImages((items) => [{ ...items[0], RepoTags: ['docker.io/library/b:1'] }]),
    code: 'ARCHIVE_CONFLICT',
  },
  {
    row: 'O26',
    what: 'index.json is a folder',
    input: replaced(base({}), 'index.json', archiveFile('index.json/', '', { type: '5' })),
    code: 'LAYOUT_INVALID',
    details: { found: 'directory' },
  },
  { row: 'O26', what: 'no index.json', input: without(base({}), 'index.json'), code: 'LAYOUT_INVALID' },
  {
    row: 'O27',
    what: 'a blob that is a FIFO',
    input: replaced(base({}), PATH.l1, archiveFile(PATH.l1, '', { type: '6' })),
    code: 'ARCHIVE_NOT_REGULAR',
  },
  {
    row: 'O27',
    what: 'a blob that is a link out of the archive',
    input: replaced(base({}), PATH.l1, archiveLink(PATH.l1, '../../../../etc/passwd')),
    code: 'LINK_UNRESOLVED',
  },
  {
    row: 'Z11',
    what: 'a layer of 0 bytes',
    input: base({ layers: [{ plain: L1.plain, stored: new Uint8Array(0) }, L2] }),
    code: 'LAYER_EMPTY',
  },
  {
    row: 'O',
    what: 'one layer fewer than diff_ids',
    input: base({ layerDescriptors: (layers) => layers.slice(1) }),
    code: 'LAYER_COUNT_MISMATCH',
  },
  {
    row: 'O',
    what: 'a size that another descriptor contradicts',
    input: base({ layers: [L1, L1], layerDescriptors: layer(set({ size: 1 })) }),
    code: 'SIZE_MISMATCH',
    details: { subject: DIGEST.l1 },
  },
];

/** The image of the base with its own manifest as config. */
function selfConfigured(): BuiltImage {
  return imageA({ configDescriptor: set({ digest: DIGEST.manifest, size: A.manifest.length }) });
}

function twoImages(manifest: (items: readonly Json[]) => unknown): Files {
  const images = [
    { built: imageA(), names: ['docker.io/library/a:1'] },
    { built: imageB, names: ['docker.io/library/b:1'] },
  ];
  const [docker] = hybridManifest(manifest);
  return [...layoutFiles(images), ...(docker === undefined ? [] : [docker])];
}

function hybridManifest(manifest: (items: readonly Json[]) => unknown): Files {
  return hybridBase({ manifest }).filter(({ path }) => path === 'manifest.json');
}

const DESCRIPTOR_CASES: readonly (readonly [what: string, change: Change<Json>, code: ErrorCode, pointer: string])[] = [
  ['no digest', drop('digest'), 'SCHEMA_INVALID', '/digest'],
  ['no size', drop('size'), 'SIZE_INVALID', '/size'],
  ['no media type', drop('mediaType'), 'SCHEMA_INVALID', '/mediaType'],
  ['a media type without a slash', set({ mediaType: 'tar' }), 'SCHEMA_INVALID', '/mediaType'],
  ['a media type with ESC', set({ mediaType: 'a/\u001b' }), 'SCHEMA_INVALID', '/mediaType'],
  ['a platform without os', set({ platform: { architecture: 'amd64' } }), 'SCHEMA_INVALID', '/platform/os'],
  ['data that is no base64', set({ data: '****' }), 'SCHEMA_INVALID', '/data'],
  ['null as urls', set({ urls: null }), 'SCHEMA_INVALID', '/urls'],
  ['a number as annotation', set({ annotations: { a: 1 } }), 'SCHEMA_INVALID', '/annotations/a'],
  ['a digest of 63 digits', set({ digest: DIGEST.l1.slice(0, -1) }), 'DIGEST_INVALID', '/digest'],
];

const CONFIG_CASES: readonly (readonly [what: string, change: Change<Json>, code: ErrorCode, pointer: string])[] = [
  ['rootfs of another type', set({ rootfs: { type: 'files', diff_ids: [] } }), 'CONFIG_INVALID', '/rootfs/type'],
  ['no rootfs', drop('rootfs'), 'CONFIG_INVALID', '/rootfs'],
  ['diff_ids of text', set({ rootfs: { type: 'layers', diff_ids: 'x' } }), 'SCHEMA_INVALID', '/rootfs/diff_ids'],
  [
    'a diffID that is no digest',
    set({ rootfs: { type: 'layers', diff_ids: ['x', 'y'] } }),
    'DIGEST_INVALID',
    '/rootfs/diff_ids/0',
  ],
  ['history of text', set({ history: 'x' }), 'SCHEMA_INVALID', '/history'],
  ['labels of numbers', set({ config: { Labels: { a: 1 } } }), 'SCHEMA_INVALID', '/config/Labels/a'],
];

/** What is odd but means something; [row, what, input, notes, names of the images] */
const ACCEPTED: readonly (readonly [row: string, what: string, input: Files, notes?: readonly ErrorCode[]])[] = [
  ['O', 'the base', base({})],
  ['O07', 'a manifest by sha512', base({ algorithm: 'sha512' })],
  ['O11', 'a chain of 10 indexes', layoutFiles([{ built: nested(10) }])],
  ['O11', 'a chain of 32 indexes', layoutFiles([{ built: nested(32) }])],
  ['O13', 'data instead of a blob', without(base({ configDescriptor: set({ data: data(A.config) }) }), PATH.config)],
  [
    'O13',
    'data in the second descriptor of an absent blob',
    without(
      base({
        layers: [L1, L1],
        layerDescriptors: ([first = {}, second = {}]) => [first, { ...second, data: data(L1.plain) }],
      }),
      PATH.l1,
    ),
  ],
  [
    'O15',
    'a foreign layer that is absent',
    without(base({ layerDescriptors: layer(set(FOREIGN)) }), PATH.l1),
    ['LAYER_FOREIGN'],
  ],
  [
    'O18',
    'a config of another type that is not JSON',
    base({
      layers: [],
      configBytes: () => Buffer.from('#!/bin/sh'),
      configDescriptor: set({ mediaType: 'application/vnd.example' }),
      layerDescriptors: () => [],
    }),
  ],
  ['O20', 'no layers', base({ layers: [] })],
  ['O28', 'files that belong to nothing', [...base({}), archiveFile('README', 'x'), archiveFile('blobs/README', 'x')]],
  [
    'O',
    'a history that tells of more layers',
    base({ config: ({ history, ...rest }) => ({ ...rest, history: [...(history as readonly Json[]), {}] }) }),
    ['HISTORY_COUNT_MISMATCH'],
  ],
  [
    'O',
    'a descriptor for another platform than the config',
    layoutFiles([{ built: buildIndex([onPlatform(A, 'arm64')]) }]),
    ['PLATFORM_MISMATCH'],
  ],
  ['O', 'a referrer without its subject', layoutFiles([{ built: buildReferrer(A, 'signature') }]), ['SUBJECT_MISSING']],
  [
    'O',
    'unknown members everywhere',
    layoutBase({
      index: set({ a: { b: [1.5, null] } }),
      layout: set({ c: 1 }),
      image: { manifest: set({ d: {} }), config: set({ e: -0.5 }) },
    }),
  ],
];

/** What leaves no trace: the archive is that of the base. */
const SAME: readonly (readonly [row: string, what: string, input: Files | Uint8Array, notes?: readonly ErrorCode[]])[] =
  [
    [
      'O25',
      'manifest.json of the same image',
      [...named('docker.io/library/t:1'), ...hybridManifest((items) => items)],
    ],
    ['O25', 'the tag in manifest.json alone', [...named('1'), ...hybridManifest((items) => items)]],
    [
      'O25',
      'a manifest.json that is no list of images',
      [...named('docker.io/library/t:1'), archiveFile('manifest.json', '{"name":"app"}')],
    ],
    [
      'O27',
      'a blob that is a link inside the archive',
      [
        ...replaced(named('docker.io/library/t:1'), PATH.l1, archiveLink(PATH.l1, '../../x')),
        archiveFile('x', L1.plain),
      ],
    ],
    [
      'O28',
      'a blob that belongs to nothing',
      [...named('docker.io/library/t:1'), archiveFile(blobPath(digestOf(other)), other)],
    ],
  ];

const tarFile = (input: Files | Uint8Array): string => bench.input(input instanceof Uint8Array ? input : tarOf(input));

describe('faults of OCI image layouts', () => {
  let canonical: Buffer = Buffer.alloc(0);
  beforeAll(async () => {
    canonical = saved(await bench.save(tarFile(named('docker.io/library/t:1')))).archive;
  });

  it.for(REFUSED)('$row $what: $code', async ({ input, code, details }) => {
    await expectRefused(bench, tarFile(input), code, details);
  });

  it.for(DESCRIPTOR_CASES)(
    'a descriptor with %s, in index.json and in a manifest: %3$s',
    async ([, change, code, pointer]) => {
      await expectRefused(bench, tarFile(listed(change)), code, { pointer: `/manifests/0${pointer}` });
      await expectRefused(bench, tarFile(base({ layerDescriptors: layer(change) })), code, {
        pointer: `/layers/0${pointer}`,
      });
      await expectRefused(bench, tarFile(base({ configDescriptor: change })), code, { pointer: `/config${pointer}` });
    },
  );

  it.for(CONFIG_CASES)('a config with %s', async ([, config, code, pointer]) => {
    await expectRefused(bench, tarFile(base({ config })), code, { pointer });
    await expectRefused(bench, tarFile(dockerBase({ image: { config } })), code, { pointer });
  });

  it.for(ACCEPTED)('%s %s: taken', async ([, , input, notes]) => {
    const archive = await expectAccepted(bench, tarFile(input), notes);
    const again = await expectAccepted(bench, bench.input(archive, 'again.tar'), notes);
    expect(again.equals(archive)).toBe(true);
  });

  it.for(SAME)('%s %s: the same image', async ([, , input, notes]) => {
    expectSameBytes(await expectAccepted(bench, tarFile(input), notes), canonical);
  });

  it('O19 --name gives an image with an impossible name a possible one', async () => {
    const names = [{ from: '@0', to: { kind: 'label', text: 't' } }] as const;
    const outcome = await bench.save(tarFile(named('../..')), { names });
    // The old name is not taken away by @0, so it still stops the archive.
    expect(outcome).toMatchObject({ state: 'refused', error: { code: 'REFERENCE_INVALID' } });
    const replacing = [{ from: '../..', to: { kind: 'label', text: 't' } }] as const;
    expect(saved(await bench.save(tarFile(named('../..')), { names: replacing })).report.images).toMatchObject([
      { names: ['t'] },
    ]);
  });

  it('O24 absent platforms of an index are normal for verify, and need --platform or --allow-sparse to be saved', async () => {
    const arm = buildImage({ layers: [L2], architecture: 'arm64' });
    const index = buildIndex([onPlatform(A, 'amd64'), onPlatform(arm, 'arm64')]);
    const source = tarFile(without(layoutFiles([{ built: index }]), blobPath(digestOf(arm.manifest))));
    expect(errorsAmong(await bench.findings(source))).toEqual([]);
    expect(await bench.findings(source)).toContainEqual(
      expect.objectContaining({ code: 'BLOB_MISSING', severity: 'info', subject: digestOf(arm.manifest) }),
    );
    expect(await bench.save(source)).toMatchObject({ state: 'refused', error: { code: 'BLOB_MISSING' } });
    const sparse = saved(await bench.save(source, { allowSparse: true }));
    expect(sparse.report.absent).toEqual([{ digest: digestOf(arm.manifest), reason: 'missing' }]);
    const chosen = saved(await bench.save(source, { platforms: [{ os: 'linux', architecture: 'amd64' }] }));
    expect(chosen.report.absent).toEqual([{ digest: digestOf(arm.manifest), reason: 'omitted' }]);
    expect(chosen.archive.equals(sparse.archive)).toBe(true);
  });

  it('O28 verify tells of blobs that belong to nothing', async () => {
    const source = tarFile([...base({}), archiveFile(blobPath(digestOf(other)), other)]);
    expect(await bench.findings(source)).toContainEqual(
      expect.objectContaining({ code: 'BLOB_UNREFERENCED', severity: 'info', subject: digestOf(other) }),
    );
  });

  it('a config from one source is held against the manifest from another', async () => {
    const short = imageA({ layerDescriptors: (layers) => layers.slice(1) });
    const manifestAlone = bench.input(tarOf(without(layoutFiles([{ built: short }]), PATH.config)), 'a.tar');
    const whole = bench.input(tarOf(base({})), 'b.tar');
    for (const sources of [
      [manifestAlone, whole],
      [whole, manifestAlone],
    ]) {
      for (const layers of ['keep', 'none'] as const) {
        expect(await bench.save(sources, { layers })).toMatchObject({
          state: 'refused',
          error: { code: 'LAYER_COUNT_MISMATCH' },
        });
      }
    }
  });
});
