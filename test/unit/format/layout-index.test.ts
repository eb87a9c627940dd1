import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { extendIndex } from '../../../src/format/layout-index.js';
import { failureOf } from '../../support/memory-place.js';

const NAME = 'org.opencontainers.image.ref.name';
const FULL = 'io.containerd.image.name';

interface Entry {
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}
const entry = (digest: string, annotations?: Readonly<Record<string, string>>, more: object = {}): Entry => ({
  mediaType: 'a/b',
  digest,
  size: 1,
  ...(annotations === undefined ? {} : { annotations }),
  ...more,
});
const index = (entries: readonly Entry[], more: object = {}): Uint8Array =>
  utf8(JSON.stringify({ schemaVersion: 2, manifests: entries, ...more }));
const extend = (existing: Uint8Array | undefined, added: Uint8Array): Record<string, unknown> =>
  JSON.parse(Buffer.from(extendIndex(existing, added, 'index.json', DEFAULT_LIMITS)).toString()) as Record<
    string,
    unknown
  >;
const entriesOf = (existing: readonly Entry[], added: readonly Entry[]): unknown =>
  extend(index(existing), index(added))['manifests'];

describe('an index with more images', () => {
  it('is the new one where there was none, byte for byte', () => {
    const added = index([entry('x')]);
    expect(extendIndex(undefined, added, 'i', DEFAULT_LIMITS)).toBe(added);
  });

  it.for<[line: string, existing: readonly Entry[], added: readonly Entry[], result: readonly Entry[]]>([
    [
      'sorts by name, then digest; unnamed last',
      [entry('3'), entry('2', { [NAME]: 'b' })],
      [entry('1', { [NAME]: 'c' }), entry('9', { [NAME]: 'a' }), entry('0')],
      [entry('9', { [NAME]: 'a' }), entry('2', { [NAME]: 'b' }), entry('1', { [NAME]: 'c' }), entry('0'), entry('3')],
    ],
    [
      'takes a name over; the old image stays without it',
      [entry('1', { [NAME]: 'a' })],
      [entry('2', { [NAME]: 'a' })],
      [entry('2', { [NAME]: 'a' }), entry('1')],
    ],
    [
      'takes a full name over, the tag with it',
      [entry('1', { [FULL]: 'x/a:1', [NAME]: '1' })],
      [entry('2', { [FULL]: 'x/a:1', [NAME]: '1' })],
      [entry('2', { [FULL]: 'x/a:1', [NAME]: '1' }), entry('1')],
    ],
    [
      'keeps a tag under another full name',
      [entry('1', { [FULL]: 'x/a:1', [NAME]: '1' })],
      [entry('2', { [FULL]: 'x/b:1', [NAME]: '1' })],
      [entry('1', { [FULL]: 'x/a:1', [NAME]: '1' }), entry('2', { [FULL]: 'x/b:1', [NAME]: '1' })],
    ],
    [
      'keeps other annotations of an image that loses its name',
      [entry('1', { [NAME]: 'a', x: 'y' })],
      [entry('2', { [NAME]: 'a' })],
      [entry('2', { [NAME]: 'a' }), entry('1', { x: 'y' })],
    ],
    [
      'keeps all that it does not know of other entries',
      [
        entry(
          '1',
          { [NAME]: 'a', x: 'y' },
          { artifactType: 't', platform: { os: 'o' }, urls: ['u'], 'x-own': { a: [1, null] } },
        ),
      ],
      [entry('2', { [NAME]: 'b' })],
      [
        entry(
          '1',
          { [NAME]: 'a', x: 'y' },
          { artifactType: 't', platform: { os: 'o' }, urls: ['u'], 'x-own': { a: [1, null] } },
        ),
        entry('2', { [NAME]: 'b' }),
      ],
    ],
    [
      'has an image that comes again once',
      [entry('1', { [NAME]: 'a' })],
      [entry('1', { [NAME]: 'a' })],
      [entry('1', { [NAME]: 'a' })],
    ],
    [
      'keeps other names of an image that comes again',
      [entry('1', { [NAME]: 'a' }), entry('1', { [NAME]: 'b' })],
      [entry('1', { [NAME]: 'a' })],
      [entry('1', { [NAME]: 'a' }), entry('1', { [NAME]: 'b' })],
    ],
    [
      'says nothing of an unnamed image that has a name',
      [entry('1')],
      [entry('1', { [NAME]: 'a' })],
      [entry('1', { [NAME]: 'a' })],
    ],
    ['has an unnamed image that comes again once', [entry('1')], [entry('1')], [entry('1')]],
  ])('%s', ([, existing, added, result]) => {
    expect(entriesOf(existing, added)).toEqual(result);
  });

  it('keeps what other tools say about the whole', () => {
    const existing = index([entry('1')], {
      annotations: { x: 'y' },
      'x-own': true,
      mediaType: 'application/vnd.oci.image.index.v1+json',
    });
    expect(extend(existing, index([entry('2')]))).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      annotations: { x: 'y' },
      'x-own': true,
      manifests: [entry('1'), entry('2')],
    });
  });

  it('takes null for no images, as old umoci writes it', () => {
    expect(extend(utf8('{"schemaVersion":2,"manifests":null}'), index([entry('1')]))['manifests']).toEqual([
      entry('1'),
    ]);
  });

  it('is the same when the same comes again', () => {
    const added = index([entry('1', { [NAME]: 'a' }), entry('2')]);
    const once = extendIndex(index([entry('0', { x: 'y' })]), added, 'i', DEFAULT_LIMITS);
    expect(Buffer.from(extendIndex(once, added, 'i', DEFAULT_LIMITS)).toString()).toBe(Buffer.from(once).toString());
  });

  it.for<[line: string, text: string, code: string]>([
    ['no object', '[]', 'DESTINATION_UNFIT'],
    ['no list', '{"manifests":{}}', 'DESTINATION_UNFIT'],
    ['an entry that is no object', '{"manifests":["x"]}', 'DESTINATION_UNFIT'],
    ['a number that cannot be written again', '{"manifests":[{"size":1.5}]}', 'DESTINATION_UNFIT'],
    ['such a number beside the list', '{"x":1e3,"manifests":[]}', 'DESTINATION_UNFIT'],
    ['no JSON', '{', 'JSON_SYNTAX'],
    ['a key twice', '{"manifests":[],"manifests":[]}', 'JSON_DUPLICATE_KEY'],
  ])('is refused for %s', async ([, text, code]) => {
    const error = await failureOf(() => extend(utf8(text), index([])));
    expect(error).toMatchObject({ code, details: { subject: 'index.json' } });
  });
});
