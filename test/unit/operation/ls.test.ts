import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ls } from '../../../src/operation/ls.js';
import type { Descriptor } from '../../../src/oci/descriptor.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { parsePlatform } from '../../../src/oci/platform.js';
import { MemoryPlace, descriptorWith, digestBy, failureOf } from '../../support/memory-place.js';
import { testFolder } from '../../support/images-on-disk.js';
import { type RawHeader, paxHeader, rawMember, rawTar } from '../../support/raw-tar.js';

const { writeTar, context } = testFolder();

/** Members of a layer: `a/` is a directory, `a=b` a file, `a->b` a symbolic link, `a=>b` a hard one. */
const memberOf = (text: string): Uint8Array => {
  const [, name = '', arrow = '', rest = ''] = /^(.*?)(->|=>|=|$)(.*)$/.exec(text) ?? [];
  if (arrow === '->') return rawMember({ name, type: '2', link: rest });
  if (arrow === '=>') return rawMember({ name, type: '1', link: rest });
  return name.endsWith('/') ? rawMember({ name, type: '5', mode: 0o755 }) : rawMember({ name }, rest);
};
const layer = (...members: readonly string[]): Uint8Array => rawTar(members.map(memberOf));

let count = 0;
const imageOf = (...layers: readonly (readonly string[])[]): string => {
  const place = new MemoryPlace();
  const { descriptor } = place.image({ layers: layers.map((members) => layer(...members)) });
  return writeTar(`image-${count++}.tar`, place.layoutFiles([descriptor]));
};
const pathsOf = async (...layers: readonly (readonly string[])[]): Promise<readonly string[]> =>
  (await ls(imageOf(...layers), {}, context())).entries.map(({ path, type, size }) =>
    type === 'file' ? `${path}=${size}` : path,
  );

describe('the files of an image', () => {
  it.for<[line: string, layers: readonly (readonly string[])[], paths: readonly string[]]>([
    ['one layer by path', [['b/', 'b/x=1', 'a=22']], ['a=2', 'b', 'b/x=1']],
    ['no layer', [], []],
    ['a later file over an earlier one', [['a=1'], ['a=22']], ['a=2']],
    ['a later file of the same layer', [['a=1', 'a=333']], ['a=3']],
    ['names with ./ and slashes', [['./', './a/', './a/b=1', '/c=1']], ['a', 'a/b=1', 'c=1']],
    ['a whiteout', [['a=1', 'b=1'], ['.wh.a']], ['b=1']],
    ['a whiteout of a directory', [['d/', 'd/x=1', 'd/y/', 'd/y/z=1', 'dd=1'], ['.wh.d']], ['dd=1']],
    ['a whiteout of a directory that has no entry', [['d/x=1', 'd0=1'], ['.wh.d']], ['d0=1']],
    ['a whiteout below', [['d/', 'd/x=1', 'd/y=1'], ['d/.wh.x']], ['d', 'd/y=1']],
    ['a whiteout of nothing', [['a=1'], ['.wh.b']], ['a=1']],
    ['a whiteout hides nothing of its own layer', [['a=1'], ['a=22', '.wh.a']], ['a=2']],
    ['nor what comes behind it', [['a=1'], ['.wh.a', 'a=22']], ['a=2']],
    [
      'nor a whole directory',
      [
        ['d/', 'd/x=1'],
        ['.wh.d', 'd/', 'd/y=1'],
      ],
      ['d', 'd/y=1'],
    ],
    [
      'an opaque directory',
      [
        ['d/', 'd/x=1', 'e=1'],
        ['d/', 'd/.wh..wh..opq', 'd/y=1'],
      ],
      ['d', 'd/y=1', 'e=1'],
    ],
    [
      'an opaque directory, its own files first',
      [
        ['d/', 'd/x=1'],
        ['d/', 'd/y=1', 'd/.wh..wh..opq'],
      ],
      ['d', 'd/y=1'],
    ],
    [
      'an opaque directory of all',
      [
        ['a=1', 'd/', 'd/x=1'],
        ['.wh..wh..opq', 'b=1'],
      ],
      ['b=1'],
    ],
    ['an opaque directory that is none', [['d2/', 'd2/x=1'], ['d/.wh..wh..opq']], ['d2', 'd2/x=1']],
    [
      'what an opaque directory hid comes again later',
      [['d/', 'd/x=1'], ['d/.wh..wh..opq'], ['d/x=22']],
      ['d', 'd/x=2'],
    ],
    ['a directory over a file', [['a=1'], ['a/', 'a/b=1']], ['a', 'a/b=1']],
    ['a file over a directory', [['a/', 'a/b=1', 'a/c/', 'ab=1'], ['a=22']], ['a=2', 'ab=1']],
    ['a link over a directory', [['a/', 'a/b=1'], ['a->c']], ['a']],
    ['a file over a directory that has no entry', [['a/b=1'], ['a=22']], ['a=2']],
    ['a directory again', [['a/', 'a/b=1'], ['a/']], ['a', 'a/b=1']],
    ['marks of aufs', [['a=1', '.wh..wh.aufs', '.wh..wh.plnk/', '.wh..wh.orph/']], ['a=1']],
  ])('%s', async ([, layers, paths]) => {
    expect(await pathsOf(...layers)).toEqual(paths);
  });

  it('are sorted by bytes', async () => {
    expect(
      await pathsOf([['\u{1f600}=1', '\uff5e=1', 'é=1', 'z=1', 'Z=1', 'a.b=1', 'a/', 'a/c=1', 'a-b=1']].flat()),
    ).toEqual(['Z=1', 'a', 'a-b=1', 'a.b=1', 'a/c=1', 'z=1', 'é=1', '\uff5e=1', '\u{1f600}=1']);
  });

  it('are told with all that they have', async () => {
    const headers: readonly (readonly [RawHeader, string?])[] = [
      [{ name: 'bin/', type: '5', mode: 0o41777, mtime: 7 }],
      [{ name: 'bin/su', mode: 0o104755, uid: 1, gid: 2, mtime: 1_700_000_000 }, 'four'],
      [{ name: 'bin/sh', type: '2', link: 'su', mode: 0o777 }],
      [{ name: 'bin/hard', type: '1', link: './bin/su' }],
      [{ name: 'pipe', type: '6', mode: 0o600 }],
      [{ name: 'null', type: '3', mode: 0o666 }],
    ];
    const place = new MemoryPlace();
    const tar = rawTar([
      ...headers.map(([header, body]) => rawMember(header, body)),
      paxHeader({ mtime: '3.9', path: 'long' }),
      rawMember({ name: 'short' }),
    ]);
    const image = place.image({ layers: [tar] });
    const location = writeTar('told.tar', place.layoutFiles([image.descriptor]));
    const { entries, digest, layer: listed } = await ls(location, {}, context());
    expect([digest, listed]).toEqual([image.descriptor.digest, undefined]);
    const common = { uid: 0, gid: 0, size: 0, mtime: 0 };
    expect(entries).toEqual([
      { ...common, path: 'bin', type: 'directory', mode: '1777', mtime: 7 },
      { ...common, path: 'bin/hard', type: 'hardlink', mode: '0644', linkTarget: './bin/su' },
      { ...common, path: 'bin/sh', type: 'symlink', mode: '0777', linkTarget: 'su' },
      { path: 'bin/su', type: 'file', mode: '4755', uid: 1, gid: 2, size: 4, mtime: 1_700_000_000 },
      { ...common, path: 'long', type: 'file', mode: '0644', mtime: 3 },
      { ...common, path: 'null', type: 'character-device', mode: '0666' },
      { ...common, path: 'pipe', type: 'fifo', mode: '0600' },
    ]);
  });
});

describe('the files of one layer', () => {
  const place = new MemoryPlace();
  const plain = layer('./', 'b=1', '.wh.x', 'd/.wh..wh..opq', 'a=1', 'b=22');
  const zipped: Descriptor = place.add(gzipSync(plain), MEDIA_TYPE.layerGzip);
  const image = place.image({ layers: [layer('first=1'), { descriptor: zipped, diffID: digestBy(plain) }] });
  const location = () => writeTar('layers.tar', place.layoutFiles([image.descriptor]));

  it.for<[line: string, wanted: string]>([
    ['number', '1'],
    ['digest', zipped.digest],
    ['diffID', digestBy(plain)],
  ])('are found by its %s and listed as they are stored', async ([, wanted]) => {
    const report = await ls(location(), { layer: wanted }, context());
    expect(report.layer).toBe(zipped.digest);
    expect(report.entries.map(({ path }) => path)).toEqual(['.', 'b', '.wh.x', 'd/.wh..wh..opq', 'a', 'b']);
  });

  it.for(['2', '-1', 'sha256:0', '', digestBy('')])('are not found by %j', async (wanted) => {
    expect(await failureOf(() => ls(location(), { layer: wanted }, context()))).toMatchObject({
      code: 'REFERENCE_NOT_FOUND',
      details: { subject: wanted },
    });
  });
});

describe('a listing', () => {
  it('needs one image: of one root, of one platform', async () => {
    const place = new MemoryPlace();
    const [amd64, arm64] = ['amd64', 'arm64'].map((architecture) => {
      const platform = { os: 'linux', architecture };
      const image = place.image({ layers: [layer(`${architecture}=1`)], platform });
      return descriptorWith(image.descriptor, { platform });
    });
    if (amd64 === undefined || arm64 === undefined) throw new Error('no images');
    const index = writeTar('index.tar', place.layoutFiles([place.index([amd64, arm64])]));
    expect((await failureOf(() => ls(index, {}, context()))).code).toBe('REFERENCE_AMBIGUOUS');
    const { entries } = await ls(index, { platform: parsePlatform('arm64') }, context());
    expect(entries.map(({ path }) => path)).toEqual(['arm64']);
    expect((await failureOf(() => ls(index, { platform: parsePlatform('s390x') }, context()))).code).toBe(
      'PLATFORM_NOT_FOUND',
    );
    const both = writeTar('both.tar', place.layoutFiles([amd64, arm64]));
    expect((await failureOf(() => ls(both, {}, context()))).code).toBe('REFERENCE_AMBIGUOUS');
    expect((await ls(`oci-archive:${both}@1`, {}, context())).digest).toBe(arm64.digest);
    const artifact = writeTar('artifact.tar', place.layoutFiles([place.artifact()]));
    expect((await failureOf(() => ls(artifact, {}, context()))).code).toBe('REFERENCE_NOT_FOUND');
  });

  it('verifies what it reads', async () => {
    const place = new MemoryPlace();
    const { descriptor, layers } = place.image({ layers: [layer('a=1')] });
    const files = place.layoutFiles([descriptor]);
    const path = `blobs/${layers[0]?.digest.replace(':', '/')}`;
    expect(
      await failureOf(() => ls(writeTar('altered.tar', { ...files, [path]: layer('a=2') }), {}, context())),
    ).toMatchObject({
      code: 'DIGEST_MISMATCH',
      details: { subject: layers[0]?.digest },
    });
    const { [path]: _gone, ...rest } = files;
    expect((await failureOf(() => ls(writeTar('sparse.tar', rest), {}, context()))).code).toBe('BLOB_MISSING');
  });
});
