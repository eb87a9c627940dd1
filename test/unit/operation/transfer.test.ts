import { existsSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ByteStream, concatBytes } from '../../../src/base/bytes.js';
import { DEFAULT_SETTINGS } from '../../../src/format/profile.js';
import { imageDigests } from '../../../src/operation/digest.js';
import { openLocation, openLocations } from '../../../src/operation/open.js';
import { DEFAULT_TRANSFER } from '../../../src/operation/prepare.js';
import { type CopyOptions, copy, listLoad, load } from '../../../src/operation/transfer.js';
import { ANNOTATION } from '../../../src/oci/annotation.js';
import { parsePlatform } from '../../../src/oci/platform.js';
import { MemoryPlace, descriptorWith, digestBy, failureOf, fakeDigest } from '../../support/memory-place.js';
import { recorder, tarOfRecord, testFolder } from '../../support/images-on-disk.js';

const { at, writeFile, writeTar, writeFolder, context } = testFolder();
const OPTIONS: CopyOptions = { ...DEFAULT_TRANSFER, settings: DEFAULT_SETTINGS, durable: false };

const place = new MemoryPlace();
const [a, b] = ['a', 'b'].map((name) => place.image({ layers: ['base', name.repeat(70_000)] }));
if (a === undefined || b === undefined) throw new Error('no images');
const named = (descriptor: typeof a.descriptor, name: string) =>
  descriptorWith(descriptor, {
    annotations: { [ANNOTATION.imageName]: name, [ANNOTATION.refName]: name.split(':')[1] ?? '' },
  });
const arm64 = place.image({ layers: ['arm'], platform: { os: 'linux', architecture: 'arm64' } });

const sourceOf = (name: string, ...roots: readonly (typeof a.descriptor)[]): string =>
  writeTar(`${name}.tar`, place.layoutFiles(roots));
const one = () => sourceOf('one', named(a.descriptor, 'docker.io/library/app:1'));
const other = () => sourceOf('other', named(b.descriptor, 'docker.io/library/app:1'));

let count = 0;
const fresh = (): string => at(`out-${count++}`);
const to = (text: string, source = one(), options: Partial<CopyOptions> = {}) =>
  copy(source, { text }, { ...OPTIONS, ...options }, context());

const indexOf = (
  path: string,
): { readonly manifests: readonly { readonly digest: string; readonly annotations?: Record<string, string> }[] } =>
  JSON.parse(readFileSync(`${path}/index.json`, 'utf8')) as ReturnType<typeof indexOf>;
const listed = (path: string): readonly unknown[] =>
  indexOf(path).manifests.map(({ digest, annotations }) => [
    digest,
    annotations?.[ANNOTATION.imageName] ?? annotations?.[ANNOTATION.refName],
  ]);
const blobsIn = (path: string): readonly string[] => readdirSync(`${path}/blobs/sha256`).toSorted();
const hexes = (...descriptors: readonly { readonly digest: string }[]): readonly string[] =>
  descriptors.map(({ digest }) => digest.slice(7)).toSorted();
const partsOf = ({ descriptor, config, layers }: typeof a) => [descriptor, config, ...layers];

describe('a copy into a layout', () => {
  it('makes it, and a second one changes nothing', async () => {
    const path = fresh();
    const report = await to(`oci:${path}`);
    expect(report).toMatchObject({
      images: [{ digest: a.descriptor.digest, names: ['docker.io/library/app:1'] }],
      absent: [],
      changes: [],
      dropped: [],
    });
    expect(readdirSync(path).toSorted()).toEqual(['blobs', 'index.json', 'oci-layout']);
    expect(blobsIn(path)).toEqual(hexes(...partsOf(a)));
    const before = readFileSync(`${path}/index.json`);
    await to(`oci:${path}`);
    expect(readFileSync(`${path}/index.json`).equals(before)).toBe(true);
    expect(readdirSync(path).toSorted()).toEqual(['blobs', 'index.json', 'oci-layout']);
  });

  it('goes on where one into a new layout was killed before it was one', async () => {
    const whole = fresh();
    await to(`oci:${whole}`);
    const hex = blobsIn(whole)[0] ?? '';
    const path = writeFolder(`out-${count++}`, {
      [`blobs/sha256/${hex}`]: readFileSync(`${whole}/blobs/sha256/${hex}`),
      '.ingot-0123456789abcdef/0': 'part of another blob',
    });
    await to(`oci:${path}`);
    expect(blobsIn(path)).toEqual(blobsIn(whole));
  });

  it('takes a name over and loses nothing', async () => {
    const path = fresh();
    await to(`oci:${path}`);
    await to(`oci:${path}`, other());
    expect(listed(path)).toEqual([
      [b.descriptor.digest, 'docker.io/library/app:1'],
      [a.descriptor.digest, undefined],
    ]);
    expect(blobsIn(path)).toEqual([...new Set(hexes(...partsOf(a), ...partsOf(b)))].toSorted());
  });

  it('keeps what other tools have there', async () => {
    const own = named(b.descriptor, 'host.example/own:2');
    const files = place.layoutFiles([own]);
    const path = writeFolder(`out-${count++}`, {
      ...files,
      'index.json': JSON.stringify({
        schemaVersion: 2,
        manifests: [
          {
            mediaType: own.mediaType,
            digest: own.digest,
            size: own.size,
            annotations: { [ANNOTATION.refName]: 'host.example/own:2', 'x.y': 'z' },
          },
        ],
        annotations: { top: 'x' },
      }),
      note: 'mine',
    });
    await to(`oci:${path}`);
    expect(listed(path)).toEqual([
      [a.descriptor.digest, 'docker.io/library/app:1'],
      [b.descriptor.digest, 'host.example/own:2'],
    ]);
    expect(indexOf(path)).toMatchObject({
      annotations: { top: 'x' },
      manifests: [{}, { annotations: { 'x.y': 'z' } }],
    });
    expect(readFileSync(`${path}/note`, 'utf8')).toBe('mine');
  });

  it.for<[line: string, spoil: (blob: string) => void]>([
    ['has another content', (blob) => writeFileSync(blob, 'c'.repeat(70_000))],
    ['is cut', (blob) => writeFileSync(blob, 'c')],
    ['is a link', (blob) => (rmSync(blob), symlinkSync('/etc/passwd', blob))],
  ])('heals a blob that %s', async ([, spoil]) => {
    const path = fresh();
    await to(`oci:${path}`);
    const blob = `${path}/blobs/sha256/${a.layers[1]?.digest.slice(7)}`;
    spoil(blob);
    await to(`oci:${path}`);
    expect(digestBy(readFileSync(blob))).toBe(a.layers[1]?.digest);
  });

  it.for<[reference: string, name: string]>([
    ['2.0', '2.0'],
    ['host.example/x:2', 'host.example/x:2'],
    ['app:2', 'docker.io/library/app:2'],
  ])('names the image %s', async ([reference, name]) => {
    const path = fresh();
    const { images } = await to(`oci:${path}:${reference}`);
    expect(images[0]?.names).toEqual([name]);
    expect(listed(path)).toEqual([[a.descriptor.digest, name]]);
    expect((await imageDigests(`oci:${path}:${reference}`, context())).map(({ digest }) => digest)).toEqual([
      a.descriptor.digest,
    ]);
  });

  it('fails without harm where the source is wrong', async () => {
    const files = place.layoutFiles([named(a.descriptor, 'docker.io/library/app:1')]);
    const layer = `blobs/${a.layers[1]?.digest.replace(':', '/')}`;
    const wrong = writeTar('wrong.tar', { ...files, [layer]: 'c'.repeat(70_000) });
    const path = fresh();
    await to(`oci:${path}`, other());
    const before = readFileSync(`${path}/index.json`);
    expect((await failureOf(() => to(`oci:${path}`, wrong))).code).toBe('DIGEST_MISMATCH');
    expect(readFileSync(`${path}/index.json`).equals(before)).toBe(true);
    expect(readdirSync(path).toSorted()).toEqual(['blobs', 'index.json', 'oci-layout']);
    expect(blobsIn(path)).not.toContain(a.layers[1]?.digest.slice(7));
  });

  it.for<[line: string, files: Readonly<Record<string, string>>, code: string]>([
    ['holds other files', { 'something.txt': 'x' }, 'DESTINATION_UNFIT'],
    ['is of another version', { 'oci-layout': '{"imageLayoutVersion":"2.0.0"}', 'index.json': '{}' }, 'LAYOUT_VERSION'],
    [
      'has an index that is none',
      { 'oci-layout': '{"imageLayoutVersion":"1.0.0"}', 'index.json': '[]' },
      'DESTINATION_UNFIT',
    ],
  ])('is refused where the directory %s', async ([, files, code]) => {
    const path = writeFolder(`out-${count++}`, files);
    expect((await failureOf(() => to(`oci:${path}`))).code).toBe(code);
    for (const [name, content] of Object.entries(files)) expect(readFileSync(`${path}/${name}`, 'utf8')).toBe(content);
  });

  it('is refused where a file is', async () => {
    const path = writeFile(`out-${count++}`, 'x');
    expect((await failureOf(() => to(`oci:${path}`))).code).toBe('DESTINATION_UNFIT');
  });

  it('starts from an empty directory, and from a layout that was just begun', async () => {
    const empty = writeFolder(`out-${count++}`, { x: '' });
    rmSync(`${empty}/x`);
    await to(`oci:${empty}`);
    const begun = writeFolder(`out-${count++}`, {
      'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
      'index.json': '{"schemaVersion":2,"manifests":null}',
    });
    await to(`oci:${begun}`);
    expect(listed(begun)).toEqual(listed(empty));
  });
});

describe("a copy into a directory of skopeo's", () => {
  it('replaces it as a whole', async () => {
    const path = fresh();
    await to(`dir:${path}`);
    expect(readdirSync(path).toSorted()).toEqual(
      [...hexes(a.config, ...a.layers), 'manifest.json', 'version'].toSorted(),
    );
    await to(`dir:${path}`, other());
    expect(readdirSync(path)).toContain(b.config.digest.slice(7));
    expect(readdirSync(path)).not.toContain(a.config.digest.slice(7));
    expect((await imageDigests(`dir:${path}`, context()))[0]?.digest).toBe(b.descriptor.digest);
  });

  it('is refused where it holds other files', async () => {
    const path = writeFolder(`out-${count++}`, { 'something.txt': 'x' });
    expect((await failureOf(() => to(`dir:${path}`))).code).toBe('DESTINATION_UNFIT');
    expect(readdirSync(path)).toEqual(['something.txt']);
    const odd = writeFolder(`out-${count++}`, { version: '1.0\n', src: '' });
    expect((await failureOf(() => to(`dir:${odd}`))).code).toBe('DESTINATION_UNFIT');
  });

  it('holds one image', async () => {
    const path = fresh();
    const both = sourceOf('both', a.descriptor, b.descriptor);
    expect((await failureOf(() => to(`dir:${path}`, both))).code).toBe('DESTINATION_UNFIT');
    expect(existsSync(path)).toBe(false);
  });
});

describe('a copy into an archive', () => {
  const read = (path: string) => readFileSync(path);

  it.for<[transport: string, isHybrid: boolean]>([
    ['docker-archive:', true],
    ['oci-archive:', false],
    ['', true],
  ])('%s has the profile of its transport', async ([transport, isHybrid]) => {
    const path = fresh();
    await to(`${transport}${path}`);
    expect(read(path).includes('manifest.json')).toBe(isHybrid);
    expect((await imageDigests(path, context()))[0]).toMatchObject({
      digest: a.descriptor.digest,
      names: ['docker.io/library/app:1'],
    });
  });

  it('is the same bytes by path and as a stream', async () => {
    const path = fresh();
    await to(path);
    const chunks: Uint8Array[] = [];
    const stdout = async (stream: ByteStream): Promise<void> => {
      for await (const chunk of stream) chunks.push(chunk.slice());
    };
    await copy(one(), { text: '-', stdout }, OPTIONS, context());
    expect(Buffer.compare(concatBytes(chunks), read(path))).toBe(0);
    expect((await failureOf(() => to('-'))).code).toBe('LOCATION_INVALID');
  });

  it.for<[reference: string, name: string]>([
    ['app', 'docker.io/library/app:latest'],
    ['app:2', 'docker.io/library/app:2'],
    ['host.example:5000/x:2', 'host.example:5000/x:2'],
  ])('docker-archive: names the image %s', async ([reference, name]) => {
    const { images } = await to(`docker-archive:${fresh()}:${reference}`);
    expect(images[0]?.names).toEqual([name]);
  });

  it.for<[line: string, destination: string, code: string]>([
    ['a digest', `oci:out@${fakeDigest('0')}`, 'LOCATION_INVALID'],
    ['a place', 'docker-archive:out@0', 'LOCATION_INVALID'],
    ['a name that is none', 'docker-archive:out:Not A Name', 'REFERENCE_INVALID'],
    ['a store where there is none', 'store:app', 'TRANSPORT_UNSUPPORTED'],
    ['an engine', 'docker-daemon:app:1', 'TRANSPORT_UNSUPPORTED'],
    ['a digest in a registry', `docker://host.example/app@sha256:${'a'.repeat(64)}`, 'LOCATION_INVALID'],
    ['many tags of a registry', 'docker://host.example/app:*', 'LOCATION_INVALID'],
  ])('is not named by %s', async ([, destination, code]) => {
    expect((await failureOf(() => to(destination))).code).toBe(code);
    expect(existsSync(destination)).toBe(false);
  });

  it('needs one image for one name', async () => {
    const both = sourceOf('both', a.descriptor, b.descriptor);
    expect((await failureOf(() => to(`docker-archive:${fresh()}:x`, both))).code).toBe('REFERENCE_AMBIGUOUS');
    const selected = await to(`docker-archive:${fresh()}:x`, `oci-archive:${both}@1`);
    expect(selected.images).toMatchObject([{ digest: b.descriptor.digest, names: ['docker.io/library/x:latest'] }]);
  });

  it('leaves the target and no other file where it fails', async () => {
    const path = writeFile('target.tar', 'before');
    const sparse = writeTar(
      'sparse.tar',
      Object.fromEntries(
        Object.entries(place.layoutFiles([a.descriptor])).filter(
          ([name]) => !name.includes(a.layers[1]?.digest.slice(7) ?? '-'),
        ),
      ),
    );
    const before = readdirSync(at()).length;
    expect((await failureOf(() => to(path, sparse))).code).toBe('BLOB_MISSING');
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(at()).length).toBe(before);
    const { absent } = await to(path, sparse, { allowSparse: true });
    expect(absent).toEqual([{ digest: a.layers[1]?.digest, reason: 'missing' }]);
  });
});

describe('images on the way', () => {
  const index = place.index([a.descriptor, arm64.descriptor]);

  it('may be of one platform, and what is left out is told', async () => {
    const path = fresh();
    const report = await to(`oci:${path}`, sourceOf('multi', named(index, 'docker.io/library/multi:1')), {
      platforms: [parsePlatform('arm64')],
    });
    expect(report.absent).toEqual([{ digest: a.descriptor.digest, reason: 'omitted' }]);
    expect(blobsIn(path)).toEqual(hexes(index, ...partsOf(arm64)));
  });

  it('may lose their referrers, which is told', async () => {
    const signature = place.artifact(a.descriptor);
    const report = await to(`oci:${fresh()}`, sourceOf('signed', a.descriptor, signature), { dropReferrers: true });
    expect([report.images.length, report.dropped.map(({ subject }) => subject)]).toEqual([1, [signature.digest]]);
  });

  it('may be decompressed; the diffIDs of what stays compressed are checked if asked', async () => {
    const zipped = place.add(gzipSync('zipped'), 'application/vnd.oci.image.layer.v1.tar+gzip');
    const image = place.image({ layers: [{ descriptor: zipped, diffID: digestBy('zipped') }] });
    const { changes } = await to(`oci:${fresh()}`, sourceOf('zipped', image.descriptor), { layers: 'none' });
    expect(changes.map(({ from }) => from)).toEqual([image.descriptor.digest]);
    const wrong = place.image({ layers: [{ descriptor: zipped, diffID: fakeDigest('0') }] });
    const source = sourceOf('wrong-diffid', wrong.descriptor);
    await to(`oci:${fresh()}`, source);
    expect((await failureOf(() => to(`oci:${fresh()}`, source, { deep: true }))).code).toBe('DIFFID_MISMATCH');
  });

  it('are listed without a layer being read', async () => {
    const report = await listLoad(one(), OPTIONS, context());
    expect(report).toMatchObject({ images: [{ digest: a.descriptor.digest, imageID: a.config.digest }], changes: [] });
    expect('destination' in report).toBe(false);
    const loaded = await load(one(), { text: `oci:${fresh()}` }, OPTIONS, context());
    expect(loaded).toMatchObject({ source: one(), images: report.images });
    expect('dropped' in loaded).toBe(false);
  });

  it('are counted to the byte', async () => {
    const { events, observer } = recorder();
    const path = fresh();
    await copy(one(), { text: path }, OPTIONS, context({ observer }));
    const from = events.findIndex((event) => event.type === 'phase' && event.name === 'write archive');
    const bytes = events.slice(from).reduce((sum, event) => sum + (event.type === 'bytes' ? event.done : 0), 0);
    expect(events.at(-1)).toEqual({ type: 'phase-end', name: 'write archive' });
    expect(events[from]).toMatchObject({ total: bytes });
    expect(bytes).toBeGreaterThan(70_000);
  });
});

describe('a location that is opened', () => {
  const layout = () => place.layoutFiles([named(a.descriptor, 'docker.io/library/app:1')]);

  it.for<[line: string, location: () => string, code: string]>([
    ['a layout called a docker-archive', () => `docker-archive:${one()}`, 'ARCHIVE_UNKNOWN_FORMAT'],
    ['an archive called a directory', () => `oci:${one()}`, 'ARCHIVE_UNKNOWN_FORMAT'],
    ['a directory called an archive', () => `oci-archive:${writeFolder('layout', layout())}`, 'ARCHIVE_UNKNOWN_FORMAT'],
    ["a layout called skopeo's", () => `dir:${writeFolder('layout', layout())}`, 'ARCHIVE_UNKNOWN_FORMAT'],
    ['an empty file', () => writeFile('empty', ''), 'ARCHIVE_EMPTY'],
    [
      'an empty directory',
      () => (writeFolder('void', { x: '' }), rmSync(at('void', 'x')), at('void')),
      'ARCHIVE_EMPTY',
    ],
    [
      'a file of text',
      () => writeFile('text', 'some text that is no tar, long enough to be a block'.repeat(20)),
      'ARCHIVE_UNKNOWN_FORMAT',
    ],
    [
      'a compressed file that is cut',
      () => writeFile('cut.tar.gz', gzipSync(tarOfRecord(layout())).subarray(0, 400)),
      'GZIP_CORRUPT',
    ],
    ['a name that is not there', () => `oci-archive:${one()}:nobody`, 'REFERENCE_NOT_FOUND'],
    ['nothing', () => at('nothing'), 'FILE_NOT_FOUND'],
  ])('is not %s, and leaves nothing behind', async ([, location, code]) => {
    const text = location();
    const before = readdirSync(at()).toSorted();
    expect((await failureOf(() => openLocation(text, context()))).code).toBe(code);
    expect(readdirSync(at()).toSorted()).toEqual(before);
  });

  it.for<[line: string, location: () => string]>([
    ['a tar', one],
    ['a compressed tar', () => writeFile('one.tar.gz', gzipSync(tarOfRecord(layout())))],
    ['a layout', () => writeFolder('layout', layout())],
    [
      'a layout over a link',
      () => (
        writeFolder('layout', layout()),
        rmSync(at('layout-link'), { force: true }),
        symlinkSync('layout', at('layout-link')),
        at('layout-link')
      ),
    ],
  ])('may be %s', async ([, location]) => {
    const text = location();
    const before = readdirSync(at()).toSorted();
    const opened = await openLocation(text, context());
    expect(opened.graph.roots.map(({ descriptor }) => descriptor.digest)).toEqual([a.descriptor.digest]);
    await opened.close();
    expect(readdirSync(at()).toSorted()).toEqual(before);
  });

  it('may be standard input, read once and kept', async () => {
    const tar = tarOfRecord(layout());
    const stdin = async function* (): ByteStream {
      for (let offset = 0; offset < tar.length; offset += 1000) yield tar.subarray(offset, offset + 1000);
    };
    const opened = await openLocation('-', context({ stdin }));
    expect(opened.graph.roots.length).toBe(1);
    await opened.close();
    expect((await failureOf(() => openLocation('-', context()))).code).toBe('LOCATION_INVALID');
  });

  it('is one of several, all or none', async () => {
    const opened = await openLocations([one(), other()], context());
    expect(opened.map(({ graph }) => graph.roots[0]?.descriptor.digest)).toEqual([
      a.descriptor.digest,
      b.descriptor.digest,
    ]);
    for (const images of opened) await images.close();
    expect((await failureOf(() => openLocations([one(), at('nothing')], context()))).code).toBe('FILE_NOT_FOUND');
  });
});
