import fc from 'fast-check';
import { gzipSync } from 'node:zlib';

import { type ArchiveFile, type Files, memberOf } from './archive-builder.js';
import {
  type Built,
  type BuiltImage,
  type LayerRecipe,
  type Listed,
  type ListedImage,
  MEDIA,
  buildImage,
  buildIndex,
  buildReferrer,
  layerTar,
  onPlatform,
} from './image-builder.js';
import { type RawHeader, gnuLong, paxHeader, rawHeader, rawMember, rawTar } from './raw-tar.js';

/** Images at random: few layers out of few, so that they repeat and are shared. */

const PLAIN_LAYERS = [
  layerTar({}),
  layerTar({ 'a.txt': 'a' }),
  layerTar({ 'b.txt': 'b'.repeat(2000) }),
  layerTar({ 'c/d.txt': 'c', 'c/e.txt': '' }),
];

const packed = (plain: Uint8Array, level: number | undefined): LayerRecipe =>
  level === undefined ? { plain } : { plain, stored: gzipSync(plain, { level }), mediaType: MEDIA.layerGzip };

const layer: fc.Arbitrary<LayerRecipe> = fc
  .record({ plain: fc.constantFrom(...PLAIN_LAYERS), level: fc.constantFrom(undefined, undefined, 1, 9) })
  .map(({ plain, level }) => packed(plain, level));

const imageOf = (layers: fc.Arbitrary<LayerRecipe>): fc.Arbitrary<BuiltImage> =>
  fc
    .record({
      layers: fc.array(layers, { maxLength: 4 }),
      architecture: fc.constantFrom('amd64', 'arm64', 'riscv64'),
      label: fc.constantFrom('x', 'y', 'ü\u0000\n'),
    })
    .map(({ layers: recipes, architecture, label }) =>
      buildImage({ layers: recipes, architecture, config: (value) => ({ ...value, config: { Labels: { label } } }) }),
    );

export const anyImage: fc.Arbitrary<BuiltImage> = imageOf(layer);

/** An image of uncompressed layers, as a docker-archive has them. */
export const plainImage: fc.Arbitrary<BuiltImage> = imageOf(
  fc.constantFrom(...PLAIN_LAYERS.map((plain) => ({ plain }))),
);

const withPlatform = (built: BuiltImage, index: number): Built =>
  onPlatform(built, ['amd64', 'arm64', 's390x', 'arm'][index] ?? 'amd64');

const index: fc.Arbitrary<Built> = fc
  .array(anyImage, { minLength: 1, maxLength: 3 })
  .map((images) => buildIndex(images.map(withPlatform)));

const anything: fc.Arbitrary<Built> = fc.oneof(
  { weight: 3, arbitrary: anyImage },
  { weight: 2, arbitrary: index },
  { weight: 1, arbitrary: fc.array(index, { minLength: 1, maxLength: 2 }).map((inner) => buildIndex(inner)) },
  { weight: 1, arbitrary: anyImage.map((image) => buildReferrer(image, 'signature')) },
);

export const NAMES = [
  'docker.io/library/a:1',
  'docker.io/library/a:2',
  'localhost:5000/b/c:latest',
  'quay.io/d:x',
  'e.io/f:y',
  'e.io/g:z',
];

/** Each name once at most; some images have several, some none. */
const listedOf = <T extends Built>(built: fc.Arbitrary<T>): fc.Arbitrary<readonly (Listed & { readonly built: T })[]> =>
  fc
    .record({
      list: fc.uniqueArray(built, { minLength: 1, maxLength: 4, selector: ({ descriptor }) => descriptor['digest'] }),
      owners: fc.array(fc.nat(5), { minLength: NAMES.length, maxLength: NAMES.length }),
    })
    .map(({ list, owners }) =>
      list.map((item, place) => ({ built: item, names: NAMES.filter((_, name) => owners[name] === place) })),
    );

export const listedAnything: fc.Arbitrary<readonly Listed[]> = listedOf(anything);
export const listedImages: fc.Arbitrary<readonly ListedImage[]> = listedOf(anyImage);
export const listedPlainImages: fc.Arbitrary<readonly ListedImage[]> = listedOf(plainImage);

/** What a tar may say about a member beside its name and bytes. */
interface Noise {
  readonly header: RawHeader;
  readonly form: 'plain' | 'dot' | 'pax' | 'gnu';
}

const noise: fc.Arbitrary<Noise> = fc.record({
  header: fc.record({
    mtime: fc.nat(2 ** 31),
    uid: fc.nat(2 ** 21 - 1),
    mode: fc.constantFrom(0o600, 0o755, 0o4777),
    uname: fc.constantFrom('', 'root', 'üser'),
    magic: fc.constantFrom('ustar', 'gnu'),
  }),
  form: fc.constantFrom('plain', 'dot', 'pax', 'gnu'),
});

const noisyMember = ({ path, bytes }: ArchiveFile, { header, form }: Noise): Uint8Array => {
  switch (form) {
    case 'plain':
      return memberOf({ path, bytes, header });
    case 'dot':
      return memberOf({ path: `./${path}`, bytes, header });
    case 'pax':
      return Buffer.concat([
        paxHeader({ path, mtime: '1700000000.123456789', 'SCHILY.xattr.user.a': 'b' }),
        rawMember({ name: 'pax', ...header }, bytes),
      ]);
    case 'gnu':
      return Buffer.concat([gnuLong(path), rawMember({ name: 'gnu', ...header, magic: 'gnu' }, bytes)]);
  }
};

/** A tar of the files in any order, with anything in its headers. */
export const noisyTar = (files: Files): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      order: fc.shuffledSubarray([...files.keys()], { minLength: files.length }),
      noises: fc.array(noise, { minLength: files.length, maxLength: files.length }),
      folder: fc.boolean(),
      zeros: fc.constantFrom(1024, 10_240),
    })
    .map(({ order, noises, folder, zeros }) => {
      const members = order.map((place, index) => {
        const file = files[place];
        const other = noises[index];
        if (file === undefined || other === undefined) throw new Error('a file without noise');
        return noisyMember(file, other);
      });
      return rawTar([...(folder ? [rawHeader({ name: './', type: '5' })] : []), ...members], new Uint8Array(zeros));
    });

/** The bytes as they are, or compressed. */
export const maybeCompressed = (tar: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .constantFrom<(bytes: Uint8Array) => Uint8Array>(
      (bytes) => bytes,
      (bytes) => gzipSync(bytes, { level: 1 }),
      (bytes) => Buffer.concat([gzipSync(bytes.subarray(0, 700)), gzipSync(bytes.subarray(700))]),
    )
    .map((pack) => pack(tar));
