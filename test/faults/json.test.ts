import { describe, expect, it } from 'vitest';

import type { ErrorCode } from '../../src/base/error-code.js';
import type { ErrorDetails } from '../../src/base/error.js';
import { type Files, tarOf } from '../support/archive-builder.js';
import type { Change, ImageRecipe } from '../support/image-builder.js';
import { dockerBase, hybridBase, imageA, layoutBase } from './bases.js';
import { createWorkbench, expectAccepted, expectRefused } from './outcome.js';

const bench = createWorkbench();
const MIB = 1024 * 1024;

type Text = Change<string>;
/** Bytes stand for themselves: one character each. */
const edit =
  (change: Text): Change<Uint8Array> =>
  (bytes) =>
    Buffer.from(change(Buffer.from(bytes).toString('latin1')), 'latin1');
const image = (change: Partial<ImageRecipe>): Files => layoutBase({ image: change });

/** Every document of an archive, and how to build the archive with that one changed as text. */
const DOCUMENTS: Readonly<Record<string, (change: Text) => Files>> = {
  'oci-layout': (change) =>
    layoutBase().map((file) => (file.path === 'oci-layout' ? { ...file, bytes: edit(change)(file.bytes) } : file)),
  'index.json': (change) => layoutBase({ indexBytes: edit(change) }),
  manifest: (change) => image({ manifestBytes: edit(change) }),
  config: (change) => image({ configBytes: edit(change) }),
  'manifest.json': (change) => dockerBase({ manifestBytes: edit(change) }),
  'config of a docker-archive': (change) => dockerBase({ image: { configBytes: edit(change) } }),
  'manifest.json of a hybrid': (change) => hybridBase({ manifestBytes: edit(change) }),
};

/** Puts a member first into the document's outermost object, which may stand in a list. */
const member =
  (text: string): Text =>
  (json) =>
    json.replace('{', `{${text},`);
const DEEP = 200_000;

const EVERYWHERE: readonly (readonly [row: string, what: string, change: Text, code: ErrorCode])[] = [
  ['J01', 'a key twice', member('"a":1,"a":1'), 'JSON_DUPLICATE_KEY'],
  ['J03', 'data after the value', (json) => `${json} {}`, 'JSON_TRAILING_DATA'],
  ['J03', 'a NUL after the value', (json) => `${json}\0`, 'JSON_TRAILING_DATA'],
  ['J04', 'a byte order mark', (json) => `\xef\xbb\xbf${json}`, 'JSON_BOM'],
  ['J05', 'bytes that are no UTF-8', member('"a":"\xff"'), 'JSON_INVALID_UTF8'],
  ['J05', 'a surrogate in UTF-8', member('"a":"\xed\xa0\x80"'), 'JSON_INVALID_UTF8'],
  ['J06', 'half of a surrogate pair', member('"a":"\\ud800"'), 'JSON_LONE_SURROGATE'],
  ['J07', '200 000 brackets', member(`"a":${'['.repeat(DEEP)}${']'.repeat(DEEP)}`), 'LIMIT_JSON_DEPTH'],
  ['J10', 'spaces up to 20 MiB', (json) => json + ' '.repeat(20 * MIB - json.length), 'LIMIT_METADATA'],
];

/** [document, what, change, code, details] */
const SOMEWHERE: readonly (readonly [
  document: keyof typeof DOCUMENTS,
  what: string,
  change: Text,
  code: ErrorCode,
  details?: ErrorDetails,
])[] = [
  [
    'index.json',
    'J01 a size twice',
    (json) => json.replace('"size"', '"size":1,"size"'),
    'JSON_DUPLICATE_KEY',
    { pointer: '/manifests/0/size' },
  ],
  [
    'index.json',
    'J02 a key in another case',
    (json) => json.replace('"digest"', '"Digest"'),
    'SCHEMA_INVALID',
    { pointer: '/manifests/0/digest' },
  ],
  [
    'config',
    'J02 a key in another case',
    (json) => json.replace('"rootfs"', '"RootFS"'),
    'CONFIG_INVALID',
    { pointer: '/rootfs' },
  ],
  ...['572.0', '1e3', '"572"', '-0', '9007199254740993', '9223372036854775808', '0572', '-1', 'null'].map((size) => {
    const change: Text = (json) => json.replace(/"size":\d+/, `"size":${size}`);
    const code = size === '0572' ? 'JSON_SYNTAX' : 'SIZE_INVALID';
    return [
      'index.json',
      `J08 size ${size}`,
      change,
      code,
      code === 'SIZE_INVALID' ? { pointer: '/manifests/0/size' } : {},
    ] as const;
  }),
  [
    'index.json',
    'J11 null as manifests',
    (json) => json.replace(/"manifests":.*$/, '"manifests":null}'),
    'SCHEMA_INVALID',
    { pointer: '/manifests' },
  ],
  ['index.json', 'J11 null', () => 'null', 'SCHEMA_INVALID', { pointer: '' }],
  ['index.json', 'J11 a list', () => '[]', 'SCHEMA_INVALID', { pointer: '' }],
  ['oci-layout', 'J11 null', () => 'null', 'SCHEMA_INVALID', { pointer: '' }],
  [
    'manifest',
    'J11 null as layers',
    (json) => json.replace(/"layers":.*$/, '"layers":null}'),
    'SCHEMA_INVALID',
    { pointer: '/layers' },
  ],
  [
    'manifest',
    'J11 null as config',
    (json) => json.replace(/"config":\{.*?\}/, '"config":null'),
    'SCHEMA_INVALID',
    { pointer: '/config' },
  ],
  ['manifest', 'J11 a list', () => '[]', 'SCHEMA_INVALID', { pointer: '' }],
  ['config', 'J11 null', () => 'null', 'CONFIG_INVALID', { pointer: '' }],
  ['config', 'not JSON', () => '{', 'CONFIG_INVALID'],
  ['index.json', 'not JSON', () => '{', 'JSON_SYNTAX'],
  [
    'manifest.json',
    'J11 a number as Config',
    (json) => json.replace(/"Config":"[^"]*"/, '"Config":7'),
    'SCHEMA_INVALID',
    { pointer: '/0/Config' },
  ],
  [
    'manifest.json',
    'J11 text as Layers',
    (json) => json.replace(/"Layers":\[.*?\]/, '"Layers":"l1.tar"'),
    'SCHEMA_INVALID',
    { pointer: '/0/Layers' },
  ],
  [
    'manifest.json',
    'J11 null as a tag',
    (json) => json.replace('"t:1"', 'null'),
    'SCHEMA_INVALID',
    { pointer: '/0/RepoTags/0' },
  ],
  // A document of another dialect is no docker archive, and the next question is what the archive is then.
  ['manifest.json', 'J11 a list of null', () => '[null]', 'ARCHIVE_UNKNOWN_FORMAT'],
  ['manifest.json', 'J11 text', () => '"x"', 'SCHEMA_INVALID', { pointer: '' }],
];

const ACCEPTED: readonly (readonly [document: keyof typeof DOCUMENTS, what: string, change: Text])[] = [
  ['index.json', 'J03 white space around the value', (json) => `\r\n\t ${json}\n`],
  ['index.json', 'J08 other numbers in unknown members', member('"a":[1e400,-0,0.1,123456789012345678901234567890]')],
  ['manifest', 'J09 keys of every object', member('"annotations":{"__proto__":"p","constructor":"c","toString":"t"}')],
  [
    'config',
    'J09 keys of every object',
    (json) => json.replace('"Labels":{', '"Labels":{"__proto__":"p","constructor":"c","hasOwnProperty":"h",'),
  ],
  ['index.json', 'J10 spaces up to 16 MiB', (json) => json + ' '.repeat(16 * MIB - json.length)],
  ['manifest.json', 'J10 spaces up to 16 MiB', (json) => json + ' '.repeat(16 * MIB - json.length)],
  ['manifest', 'J10 spaces up to 4 MiB', (json) => json + ' '.repeat(4 * MIB - json.length)],
  ['config', 'J10 spaces up to 4 MiB', (json) => json + ' '.repeat(4 * MIB - json.length)],
  ['config of a docker-archive', 'J10 spaces up to 4 MiB', (json) => json + ' '.repeat(4 * MIB - json.length)],
];

const OVER: readonly (readonly [document: keyof typeof DOCUMENTS, limit: number])[] = [
  ['index.json', 16 * MIB],
  ['manifest.json', 16 * MIB],
  ['manifest', 4 * MIB],
  ['config', 4 * MIB],
  ['config of a docker-archive', 4 * MIB],
];

const inputWith = (document: string, change: Text): string => bench.input(tarOf(DOCUMENTS[document]?.(change) ?? []));

describe('faults of JSON documents', () => {
  describe.for(Object.keys(DOCUMENTS))('%s', (document) => {
    it('is taken as it is', async () => {
      await expectAccepted(
        bench,
        inputWith(document, (json) => json),
      );
    });

    it.for(EVERYWHERE)('%s %s: %3$s', async ([, , change, code]) => {
      await expectRefused(bench, inputWith(document, change), code);
    });
  });

  it.for(SOMEWHERE)('%s: %s: %3$s', async ([document, , change, code, details]) => {
    await expectRefused(bench, inputWith(document, change), code, details);
  });

  it.for(ACCEPTED)('%s: %s: taken', async ([document, , change]) => {
    await expectAccepted(bench, inputWith(document, change));
  });

  it.for(OVER)('%s: J10 one byte over %i', async ([document, limit]) => {
    const change: Text = (json) => json + ' '.repeat(limit + 1 - json.length);
    await expectRefused(bench, inputWith(document, change), 'LIMIT_METADATA', { found: `${limit + 1} bytes` });
  });

  it('J09 carries labels with such names byte for byte', async () => {
    const change: Text = (json) => json.replace('"Labels":{', '"Labels":{"__proto__":"p",');
    const { config } = imageA({ configBytes: edit(change) });
    const archive = await expectAccepted(bench, inputWith('config', change));
    expect(archive.includes(Buffer.from(config))).toBe(true);
  });
});
