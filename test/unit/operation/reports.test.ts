import { describe, expect, it } from 'vitest';
import { loadValidator } from '../../../src/base/schema.js';
import { asIsDigest, archiveDigest, imageDigests } from '../../../src/operation/digest.js';
import { history } from '../../../src/operation/history.js';
import { inspect, inspectRaw } from '../../../src/operation/inspect.js';
import { DEFAULT_TRANSFER } from '../../../src/operation/prepare.js';
import { save } from '../../../src/operation/save.js';
import { tree } from '../../../src/operation/tree.js';
import { DEFAULT_SETTINGS, PROFILES } from '../../../src/format/profile.js';
import { ANNOTATION, ATTESTATION_MANIFEST } from '../../../src/oci/annotation.js';
import { parsePlatform } from '../../../src/oci/platform.js';
import { parseJson } from '../../../src/base/json-parse.js';
import { utf8 } from '../../../src/base/bytes.js';
import type { SchemaName } from '../../../src/base/schema.js';
import { MemoryPlace, descriptorWith, digestBy, failureOf } from '../../support/memory-place.js';
import { testFolder } from '../../support/images-on-disk.js';

const { at, writeFile, writeTar, writeFolder, context } = testFolder();

const fitsSchema = async (name: SchemaName, report: unknown): Promise<void> => {
  const value = parseJson(utf8(JSON.stringify(report)), { subject: 'report', depth: 64 });
  expect((await loadValidator(name, { all: true }))(value)).toEqual([]);
};

const place = new MemoryPlace();
const HISTORY = [
  { created: '2024-01-01T00:00:00Z', created_by: 'ADD base' },
  { created_by: 'ENV A=b', empty_layer: true },
  { created_by: 'RUN make', comment: 'c', author: 'a' },
];
const amd64 = place.image({
  layers: ['base', 'app'],
  config: {
    created: '2024-02-29T00:00:00Z',
    author: 'somebody',
    history: HISTORY,
    config: { Labels: { b: '2', a: '1' }, Env: ['A=b'] },
  },
});
const arm64 = place.image({ layers: ['base', 'arm'], platform: { os: 'linux', architecture: 'arm64' } });
const unknown = { os: 'unknown', architecture: 'unknown' };
const attestation = descriptorWith(place.image({ layers: ['attestation'], platform: unknown }).descriptor, {
  platform: unknown,
  annotations: {
    [ANNOTATION.referenceType]: ATTESTATION_MANIFEST,
    [ANNOTATION.referenceDigest]: amd64.descriptor.digest,
  },
});
const index = place.index([amd64.descriptor, arm64.descriptor, attestation], { annotations: { of: 'index' } });
const signature = place.artifact(amd64.descriptor, 'signature');
const named = (descriptor: typeof index, name: string) =>
  descriptorWith(descriptor, {
    annotations: { [ANNOTATION.imageName]: name, [ANNOTATION.refName]: name.split(':')[1] ?? '' },
  });

const single = () => writeTar('single.tar', place.layoutFiles([named(amd64.descriptor, 'docker.io/library/app:1')]));
const multi = () => writeFolder('multi', place.layoutFiles([named(index, 'docker.io/library/multi:1'), signature]));

describe('inspect', () => {
  it('tells what a single image is', async () => {
    const location = single();
    const report = await inspect(location, context());
    await fitsSchema('inspect-report', report);
    expect(report).toEqual({
      location,
      notes: [],
      images: [
        {
          names: ['docker.io/library/app:1'],
          digest: amd64.descriptor.digest,
          mediaType: amd64.descriptor.mediaType,
          imageID: amd64.config.digest,
          platform: 'linux/amd64',
          size: [amd64.descriptor, amd64.config, ...amd64.layers].reduce((sum, { size }) => sum + size, 0),
          created: '2024-02-29T00:00:00Z',
          author: 'somebody',
          labels: { a: '1', b: '2' },
          config: expect.objectContaining({ Env: ['A=b'] }) as unknown,
          layers: amd64.layers.map(({ digest, mediaType, size }) => ({ digest, mediaType, size, diffID: digest })),
        },
      ],
    });
  });

  it('tells of an index what it lists, and of its referrers', async () => {
    const report = await inspect(multi(), context());
    await fitsSchema('inspect-report', report);
    const [first, second] = report.images;
    expect(first).toMatchObject({ digest: index.digest, annotations: { of: 'index' } });
    expect(first?.imageID).toBeUndefined();
    expect(first?.manifests?.map(({ digest, platform, present }) => [digest, platform, present])).toEqual([
      [amd64.descriptor.digest, 'linux/amd64', true],
      [arm64.descriptor.digest, 'linux/arm64', true],
      [attestation.digest, 'unknown/unknown', true],
    ]);
    expect(second).toMatchObject({ digest: signature.digest, names: [], artifactType: 'application/vnd.example' });
  });

  it('tells of one platform of an index its image, under the names of the index', async () => {
    const { images } = await inspect(`oci:${multi()}:multi:1`, context(), parsePlatform('arm64'));
    expect(images.map(({ digest, names }) => [digest, names])).toEqual([
      [arm64.descriptor.digest, ['docker.io/library/multi:1']],
    ]);
    expect((await failureOf(() => inspect(multi(), context(), parsePlatform('s390x')))).code).toBe(
      'PLATFORM_NOT_FOUND',
    );
  });

  it.for<
    [
      line: string,
      location: () => string,
      which: 'manifest' | 'config',
      platform: string | undefined,
      descriptor: typeof index,
    ]
  >([
    ['the manifest', single, 'manifest', undefined, amd64.descriptor],
    ['the config', single, 'config', undefined, amd64.config],
    ['the index', multi, 'manifest', undefined, index],
    ['the manifest of a platform', multi, 'manifest', 'arm64', arm64.descriptor],
    ['the config of a platform', multi, 'config', 'amd64', amd64.config],
  ])('gives %s as it is', async ([, location, which, platform, descriptor]) => {
    const raw = await inspectRaw(
      location(),
      which,
      platform === undefined ? undefined : parsePlatform(platform),
      context(),
    );
    expect(Buffer.from(raw).toString()).toBe(place.text(descriptor));
  });

  it('gives no document where several could be meant', async () => {
    expect((await failureOf(() => inspectRaw(multi(), 'config', undefined, context()))).code).toBe(
      'REFERENCE_AMBIGUOUS',
    );
    const both = writeTar('both.tar', place.layoutFiles([amd64.descriptor, arm64.descriptor]));
    expect((await failureOf(() => inspectRaw(both, 'manifest', undefined, context()))).code).toBe(
      'REFERENCE_AMBIGUOUS',
    );
    const artifact = writeTar('sig.tar', place.layoutFiles([place.artifact()]));
    expect((await failureOf(() => inspectRaw(artifact, 'config', undefined, context()))).code).toBe(
      'REFERENCE_NOT_FOUND',
    );
  });
});

describe('history', () => {
  it('puts layers beside the steps that made them', async () => {
    const report = await history(single(), undefined, context());
    await fitsSchema('history-report', report);
    const [base, app] = amd64.layers.map(({ digest, mediaType, size }) => ({
      digest,
      mediaType,
      size,
      diffID: digest,
    }));
    expect(report.images[0]?.history).toEqual([
      { created: '2024-01-01T00:00:00Z', createdBy: 'ADD base', emptyLayer: false, layer: base },
      { createdBy: 'ENV A=b', emptyLayer: true },
      { createdBy: 'RUN make', comment: 'c', author: 'a', emptyLayer: false, layer: app },
    ]);
  });

  it.for<[line: string, steps: readonly object[], layers: readonly (number | undefined)[]]>([
    ['no history', [], [0, 1]],
    ['too short a history', [{}], [0, 1]],
    ['too long a history', [{}, {}, {}], [0, 1, undefined]],
    ['empty steps alone', [{ empty_layer: true }], [undefined, 0, 1]],
  ])('of an image with %s has all its layers', async ([, steps, layers]) => {
    const { descriptor, layers: stored } = place.image({ layers: ['x', 'y'], config: { history: steps } });
    const { images } = await history(writeTar('history.tar', place.layoutFiles([descriptor])), undefined, context());
    expect(
      images[0]?.history.map(({ layer }) => layer && stored.findIndex(({ digest }) => digest === layer.digest)),
    ).toEqual(layers);
  });

  it('is that of every image of an index, attestations aside, or of one platform', async () => {
    const all = await history(multi(), undefined, context());
    expect(all.images.map(({ digest, names }) => [digest, names])).toEqual([
      [amd64.descriptor.digest, ['docker.io/library/multi:1']],
      [arm64.descriptor.digest, ['docker.io/library/multi:1']],
    ]);
    const one = await history(multi(), parsePlatform('arm64'), context());
    expect(one.images.map(({ digest }) => digest)).toEqual([arm64.descriptor.digest]);
  });
});

describe('tree', () => {
  it('expands what is shared once, and counts it once', async () => {
    const report = await tree(multi(), context());
    await fitsSchema('tree-report', report);
    const [root, referrer] = report.roots;
    expect(root).toMatchObject({ digest: index.digest, kind: 'index', names: ['docker.io/library/multi:1'] });
    expect(root?.children?.map(({ digest, platform, children }) => [digest, platform, children?.length])).toEqual([
      [amd64.descriptor.digest, 'linux/amd64', 3],
      [arm64.descriptor.digest, 'linux/arm64', 3],
      [attestation.digest, 'unknown/unknown', 2],
    ]);
    const layers = root?.children?.flatMap(({ children }) => children ?? []).filter(({ kind }) => kind === 'layer');
    expect(layers?.map(({ digest, shared }) => [digest, shared])).toEqual([
      [digestBy('base'), true],
      [digestBy('app'), undefined],
      [digestBy('base'), true],
      [digestBy('arm'), undefined],
      [digestBy('attestation'), undefined],
    ]);
    expect(referrer).toMatchObject({ digest: signature.digest, subject: amd64.descriptor.digest });
    const stored = [...new MemoryPlace().contents, ...place.contents].filter(([digest]) =>
      JSON.stringify(report.roots).includes(digest),
    );
    expect([report.blobs, report.bytes]).toEqual([
      stored.length,
      stored.reduce((sum, [, bytes]) => sum + bytes.length, 0),
    ]);
  });

  it('says what is not there', async () => {
    const sparse = new MemoryPlace();
    const image = sparse.image({ layers: ['here', 'gone'] });
    sparse.remove(...image.layers.slice(1));
    const report = await tree(writeTar('sparse.tar', sparse.layoutFiles([image.descriptor])), context());
    await fitsSchema('tree-report', report);
    expect(report.blobs).toBe(3);
    expect(report.roots[0]?.children?.map(({ missing }) => missing)).toEqual([undefined, undefined, true]);
  });
});

describe('digest', () => {
  const canonical = { ...DEFAULT_TRANSFER, profile: PROFILES['hybrid-1'], settings: DEFAULT_SETTINGS };

  it('of the archive is that of what save writes', async () => {
    const { digest } = await archiveDigest(multi(), canonical, context());
    const report = await save(
      [multi()],
      { path: at('out.tar'), durable: false },
      { ...canonical, digest: true },
      context(),
    );
    expect(digest).toBe(`sha256:${report.archive.sha256}`);
    expect((await asIsDigest(at('out.tar'), context())).digest).toBe(digest);
    expect((await archiveDigest(at('out.tar'), canonical, context())).digest).toBe(digest);
  });

  it('of a file is that of its bytes, whatever they are', async () => {
    const location = writeFile('any', 'any bytes');
    const entry = await asIsDigest(location, context());
    await fitsSchema('digest-report', { digests: [entry] });
    expect(entry).toEqual({ location, kind: 'file', digest: digestBy('any bytes') });
    const stdin = async function* () {
      yield utf8('any ');
      yield utf8('bytes');
    };
    expect((await asIsDigest('-', context({ stdin }))).digest).toBe(digestBy('any bytes'));
    expect((await failureOf(() => asIsDigest('-', context()))).code).toBe('LOCATION_INVALID');
    expect((await failureOf(() => asIsDigest(`oci:${multi()}`, context()))).code).toBe('LOCATION_INVALID');
    expect((await failureOf(() => asIsDigest(at('missing'), context()))).code).toBe('FILE_NOT_FOUND');
  });

  it('of images are those of manifests and indexes, with image IDs', async () => {
    const digests = await imageDigests(multi(), context());
    await fitsSchema('digest-report', { digests });
    expect(digests).toMatchObject([
      { kind: 'image', digest: index.digest, names: ['docker.io/library/multi:1'] },
      { kind: 'image', digest: signature.digest, names: [] },
    ]);
    expect(await imageDigests(single(), context())).toMatchObject([
      { digest: amd64.descriptor.digest, imageID: amd64.config.digest, platform: 'linux/amd64' },
    ]);
  });
});
