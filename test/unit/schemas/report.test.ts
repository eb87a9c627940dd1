import { SHA256, SHA512, describeSchema } from './schema-cases.js';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DETAILS = { subject: 's', offset: 512, pointer: '/layers/0/a~1b', expected: 'e', found: 'f' };
const FINDING = { code: 'DIGEST_MISMATCH', severity: 'error', message: 'm', ...DETAILS };
const IMAGE = {
  names: ['docker.io/library/alpine:3'],
  digest: SHA256,
  mediaType: MANIFEST,
  imageID: SHA256,
  platform: 'linux/arm/v7',
};
const LAYER = { digest: SHA256, mediaType: 'a/b', size: 7, diffID: SHA512 };
const CHANGE = { from: SHA256, to: SHA512, reason: 'layers were decompressed' };
const ABSENT = { digest: SHA256, reason: 'missing' };
const DROPPED = { subject: 'a', reason: 'r' };

const within = (pointer: string, ...names: string[]): string[] => names.map((name) => `${pointer}/${name}`);
const finding = (pointer: string): string[] => within(pointer, 'code', 'severity', 'message');
const image = (pointer: string): string[] => within(pointer, 'names', 'digest', 'mediaType');
const layer = (pointer: string): string[] => within(pointer, 'digest', 'mediaType', 'size');
const change = (pointer: string): string[] => within(pointer, 'from', 'to', 'reason');
const absent = (pointer: string): string[] => within(pointer, 'digest', 'reason');
const dropped = (pointer: string): string[] => within(pointer, 'subject', 'reason');

type Invalid = [line: string, pointer: string, text: string, code?: 'DIGEST_INVALID' | 'SIZE_INVALID'];

const invalidFinding = (pointer: string): Invalid[] => [
  ['a code in lower case', `${pointer}/code`, '"digest_mismatch"'],
  ['a code with a space', `${pointer}/code`, '"DIGEST MISMATCH"'],
  ['an unknown severity', `${pointer}/severity`, '"fatal"'],
  ['an offset before the start', `${pointer}/offset`, '-1', 'SIZE_INVALID'],
  ['an offset as text', `${pointer}/offset`, '"512"', 'SIZE_INVALID'],
  ['a pointer without slash', `${pointer}/pointer`, '"layers"'],
  ['a pointer with a bare tilde', `${pointer}/pointer`, '"/a~b"'],
  ['a message that is a list', `${pointer}/message`, '["m"]'],
  ['an expectation of null', `${pointer}/expected`, 'null'],
];

const invalidImage = (pointer: string): Invalid[] => [
  ['an image digest without algorithm', `${pointer}/digest`, JSON.stringify(SHA256.slice(7)), 'DIGEST_INVALID'],
  ['a short image ID', `${pointer}/imageID`, '"sha256:0123456789ab"', 'DIGEST_INVALID'],
  ['an image ID of null', `${pointer}/imageID`, 'null'],
  ['an empty name', `${pointer}/names/0`, '""'],
  ['names as text', `${pointer}/names`, '"alpine"'],
  ['a platform of one part', `${pointer}/platform`, '"linux"'],
  ['a platform without architecture', `${pointer}/platform`, '"linux/"'],
  ['a platform as an object', `${pointer}/platform`, '{"os":"linux"}'],
  ['a media type without slash', `${pointer}/mediaType`, '"manifest"'],
];

describeSchema({
  name: 'report-error',
  full: { error: { code: 'TAR_CHECKSUM', message: 'm', ...DETAILS, hint: 'h' } },
  required: ['/error', '/error/code', '/error/message'],
  extensible: false,
  valid: [
    ['the least', '{"error":{"code":"DEFECT","message":""}}'],
    [
      'a place in a document',
      '{"error":{"code":"JSON_SYNTAX","message":"m","subject":"index.json","offset":0,"pointer":""}}',
    ],
    ['a hint', '{"error":{"code":"SCHEMA1_UNSUPPORTED","message":"m","hint":"h"}}'],
  ],
  invalid: [
    ...invalidFinding('/error').filter(([, pointer]) => pointer !== '/error/severity'),
    ['an error as text', '/error', '"failed"'],
    ['an error of null', '/error', 'null'],
    ['a hint of null', '/error/hint', 'null'],
  ],
});

describeSchema({
  name: 'save-report',
  full: {
    output: 'out.tar',
    profile: 'hybrid-1',
    archive: { sha256: SHA256.slice(7), size: 10240 },
    mtime: 1,
    layers: 'keep',
    recipe: 'out.tar.recipe.json',
    images: [IMAGE],
    changes: [CHANGE],
    dropped: [DROPPED],
    absent: [ABSENT],
    notes: [FINDING],
  },
  required: [
    ...within('', 'output', 'profile', 'archive', 'mtime', 'layers', 'images', 'changes', 'dropped', 'absent', 'notes'),
    '/archive/size',
    ...image('/images/0'),
    ...change('/changes/0'),
    ...absent('/absent/0'),
    ...dropped('/dropped/0'),
    ...finding('/notes/0'),
  ],
  extensible: false,
  valid: [
    [
      'standard output',
      '{"output":"-","profile":"oci-1","archive":{"size":0},"mtime":0,"layers":"none","images":[],"changes":[],"dropped":[],"absent":[],"notes":[]}',
    ],
    [
      'an index without name',
      `{"output":"a","profile":"hybrid-1","archive":{"size":1},"mtime":0,"layers":"keep","images":[{"names":[],"digest":"${SHA256}","mediaType":"a/b"}],"changes":[],"dropped":[],"absent":[],"notes":[]}`,
    ],
    [
      'a note',
      '{"output":"a","profile":"hybrid-1","archive":{"size":1},"mtime":0,"layers":"keep","images":[],"changes":[],"dropped":[],"absent":[],"notes":[{"code":"BLOB_MISSING","severity":"info","message":"m"}]}',
    ],
  ],
  invalid: [
    ['an unknown profile', '/profile', '"hybrid-0"'],
    ['an empty path of a recipe', '/recipe', '""'],
    ['layers done in an unknown way', '/layers', '"zip"'],
    ['an archive in upper case', '/archive/sha256', JSON.stringify('A'.repeat(64))],
    ['an archive with its algorithm', '/archive/sha256', JSON.stringify(SHA256)],
    ['a time before 1970', '/mtime', '-1', 'SIZE_INVALID'],
    ['an archive of size 1.0', '/archive/size', '1.0', 'SIZE_INVALID'],
    ['an absent blob without algorithm', '/absent/0/digest', '"abc"', 'DIGEST_INVALID'],
    ['an absent blob without reason', '/absent/0/reason', '""'],
    ['an absent blob that is a digest', '/absent/0', JSON.stringify(SHA256)],
    ['a change to nothing', '/changes/0/to', 'null'],
    ['a change without words', '/changes/0/reason', '""'],
    ...invalidImage('/images/0'),
    ...invalidFinding('/notes/0'),
  ],
});

describeSchema({
  name: 'load-report',
  full: {
    source: 'a.tar',
    destination: 'store:',
    images: [IMAGE],
    changes: [CHANGE],
    absent: [ABSENT],
    notes: [FINDING],
  },
  required: [
    ...within('', 'source', 'images', 'changes', 'absent', 'notes'),
    ...image('/images/0'),
    ...change('/changes/0'),
    ...absent('/absent/0'),
    ...finding('/notes/0'),
  ],
  extensible: false,
  valid: [
    ['a list', '{"source":"-","images":[],"changes":[],"absent":[],"notes":[]}'],
    ['a destination', '{"source":"a.tar","destination":"oci:dir","images":[],"changes":[],"absent":[],"notes":[]}'],
    [
      'a sparse archive',
      `{"source":"a.tar","images":[],"changes":[],"absent":[{"digest":"${SHA512}","reason":"foreign"}],"notes":[]}`,
    ],
  ],
  invalid: [
    ['a source of null', '/source', 'null'],
    ['an empty source', '/source', '""'],
    ...invalidImage('/images/0'),
    ...invalidFinding('/notes/0'),
  ],
});

describeSchema({
  name: 'copy-report',
  full: {
    source: 'a',
    destination: 'b',
    images: [IMAGE],
    changes: [CHANGE],
    dropped: [DROPPED],
    absent: [ABSENT],
    notes: [FINDING],
  },
  required: [
    ...within('', 'source', 'destination', 'images', 'changes', 'dropped', 'absent', 'notes'),
    ...image('/images/0'),
    ...change('/changes/0'),
    ...absent('/absent/0'),
    ...dropped('/dropped/0'),
    ...finding('/notes/0'),
  ],
  extensible: false,
  valid: [
    ['nothing', '{"source":"a","destination":"b","images":[],"changes":[],"dropped":[],"absent":[],"notes":[]}'],
    [
      'a warning',
      '{"source":"a","destination":"b","images":[],"changes":[],"dropped":[],"absent":[],"notes":[{"code":"IO","severity":"warning","message":""}]}',
    ],
    [
      'a change',
      `{"source":"a","destination":"b","images":[],"changes":[{"from":"${SHA256}","to":"${SHA256}","reason":"r"}],"dropped":[],"absent":[],"notes":[]}`,
    ],
  ],
  invalid: [
    ['a destination of null', '/destination', 'null'],
    ...invalidImage('/images/0'),
    ...invalidFinding('/notes/0'),
  ],
});

describeSchema({
  name: 'verify-report',
  full: { verified: false, locations: [{ location: 'a.tar', images: [IMAGE] }], findings: [FINDING] },
  required: [
    ...within('', 'verified', 'locations', 'findings'),
    ...within('/locations/0', 'location', 'images'),
    ...image('/locations/0/images/0'),
    ...finding('/findings/0'),
  ],
  extensible: false,
  valid: [
    ['all is well', '{"verified":true,"locations":[{"location":"a.tar","images":[]}],"findings":[]}'],
    [
      'a finding without place',
      '{"verified":true,"locations":[],"findings":[{"code":"NOT_CHECKED","severity":"info","message":"m"}]}',
    ],
    [
      'a finding about the whole document',
      '{"verified":false,"locations":[],"findings":[{"code":"JSON_BOM","severity":"error","message":"m","pointer":"","offset":0}]}',
    ],
  ],
  invalid: [
    ['an answer as text', '/verified', '"yes"'],
    ...invalidImage('/locations/0/images/0'),
    ...invalidFinding('/findings/0'),
  ],
});

describeSchema({
  name: 'digest-report',
  full: {
    digests: [
      { location: 'a.tar', kind: 'image', digest: SHA256, imageID: SHA256, names: ['a'], platform: 'linux/amd64' },
    ],
  },
  required: ['/digests', ...within('/digests/0', 'location', 'kind', 'digest')],
  extensible: false,
  valid: [
    ['nothing', '{"digests":[]}'],
    ['an archive', `{"digests":[{"location":"a","kind":"archive","digest":"${SHA256}"}]}`],
    ['a file', `{"digests":[{"location":"-","kind":"file","digest":"${SHA512}"}]}`],
  ],
  invalid: [
    ['an unknown kind', '/digests/0/kind', '"layer"'],
    ['an empty location', '/digests/0/location', '""'],
    ['digests by location', '/digests', '{"a.tar":"sha256:0"}'],
    ...invalidImage('/digests/0').filter(([, pointer]) => !pointer.endsWith('mediaType')),
    ['a digest of null', '/digests/0/digest', 'null'],
  ],
});

describeSchema({
  name: 'lock',
  full: {
    version: 1,
    images: {
      'docker.io/library/a:1': {
        digest: SHA256,
        imageID: SHA256,
        recipe: SHA256,
        platforms: { 'linux/amd64': { digest: SHA256, imageID: SHA512, recipe: SHA256 } },
      },
    },
  },
  required: [
    '/version',
    '/images',
    '/images/docker.io~1library~1a:1/digest',
    '/images/docker.io~1library~1a:1/platforms/linux~1amd64/digest',
  ],
  open: ['/images', '/images/docker.io~1library~1a:1/platforms'],
  extensible: false,
  valid: [
    ['no image', '{"version":1,"images":{}}'],
    ['one digest', `{"version":1,"images":{"a":{"digest":"${SHA256}"}}}`],
    [
      'an index',
      `{"version":1,"images":{"a":{"digest":"${SHA256}","platforms":{"linux/arm/v7":{"digest":"${SHA256}"}}}}}`,
    ],
  ],
  invalid: [
    ['version 2', '/version', '2'],
    ['version 1.0', '/version', '1.0'],
    ['a version as text', '/version', '"1"'],
    ['images as a list', '/images', '[]'],
    ['an image that is a digest', '/images/docker.io~1library~1a:1', JSON.stringify(SHA256)],
    ['an image of null', '/images/docker.io~1library~1a:1', 'null'],
    ['a recipe without algorithm', '/images/docker.io~1library~1a:1/recipe', '"0123"', 'DIGEST_INVALID'],
    ['a digest without algorithm', '/images/docker.io~1library~1a:1/digest', '"0123"', 'DIGEST_INVALID'],
    [
      'a digest in upper case',
      '/images/docker.io~1library~1a:1/digest',
      JSON.stringify(SHA256.toUpperCase()),
      'DIGEST_INVALID',
    ],
    ['an image ID of null', '/images/docker.io~1library~1a:1/imageID', 'null'],
    ['platforms as a list', '/images/docker.io~1library~1a:1/platforms', '["linux/amd64"]'],
    ['a platform that is a digest', '/images/docker.io~1library~1a:1/platforms/linux~1amd64', JSON.stringify(SHA256)],
  ],
});

describeSchema({
  name: 'inspect-report',
  full: {
    location: 'a.tar',
    images: [
      {
        ...IMAGE,
        size: 7,
        created: '2024-01-01T00:00:00Z',
        author: 'a',
        artifactType: 'a/b',
        annotations: { a: 'b' },
        labels: { c: 'd' },
        config: { Cmd: ['/bin/sh'] },
        layers: [LAYER],
        manifests: [{ digest: SHA256, mediaType: 'a/b', size: 7, platform: 'linux/amd64', present: true }],
      },
    ],
    notes: [FINDING],
  },
  required: [
    ...within('', 'location', 'images', 'notes'),
    ...image('/images/0'),
    '/images/0/size',
    ...layer('/images/0/layers/0'),
    ...within('/images/0/manifests/0', 'digest', 'mediaType', 'size', 'present'),
    ...finding('/notes/0'),
  ],
  open: ['/images/0/annotations', '/images/0/labels', '/images/0/config'],
  untyped: ['/images/0/config/Cmd'],
  extensible: false,
  valid: [
    ['nothing', '{"location":"-","images":[],"notes":[]}'],
    [
      'the least',
      `{"location":"a","images":[{"names":[],"digest":"${SHA256}","mediaType":"a/b","size":0}],"notes":[]}`,
    ],
    [
      'labels by names of object members',
      `{"location":"a","images":[{"names":[],"digest":"${SHA256}","mediaType":"a/b","size":0,"labels":{"__proto__":"x"}}],"notes":[]}`,
    ],
  ],
  invalid: [
    ['a label that is a number', '/images/0/labels/c', '1'],
    ['a layer of negative size', '/images/0/layers/0/size', '-1', 'SIZE_INVALID'],
    ['a diffID without algorithm', '/images/0/layers/0/diffID', '"0"', 'DIGEST_INVALID'],
    ...invalidImage('/images/0'),
  ],
});

describeSchema({
  name: 'tree-report',
  full: {
    location: 'a.tar',
    roots: [
      {
        digest: SHA256,
        mediaType: 'a/b',
        size: 7,
        kind: 'manifest',
        names: ['a'],
        platform: 'linux/amd64',
        subject: SHA256,
        shared: false,
        missing: true,
        children: [{ digest: SHA512, mediaType: 'a/b', size: 0, kind: 'layer' }],
      },
    ],
    blobs: 2,
    bytes: 7,
  },
  required: [
    ...within('', 'location', 'roots', 'blobs', 'bytes'),
    ...within('/roots/0', 'digest', 'mediaType', 'size', 'kind'),
    ...within('/roots/0/children/0', 'digest', 'mediaType', 'size', 'kind'),
  ],
  extensible: false,
  valid: [
    ['nothing', '{"location":"a","roots":[],"blobs":0,"bytes":0}'],
    [
      'an unknown blob',
      `{"location":"a","roots":[{"digest":"a:b","mediaType":"a/b","size":0,"kind":"blob","children":[]}],"blobs":1,"bytes":0}`,
    ],
    [
      'an index in an index',
      `{"location":"a","roots":[{"digest":"a:b","mediaType":"a/b","size":0,"kind":"index","children":[{"digest":"a:b","mediaType":"a/b","size":0,"kind":"index"}]}],"blobs":1,"bytes":0}`,
    ],
  ],
  invalid: [
    ['an unknown kind', '/roots/0/kind', '"image"'],
    ['a kind that is refused earlier', '/roots/0/kind', '"schema1"'],
    ['a subject without algorithm', '/roots/0/subject', '"0"', 'DIGEST_INVALID'],
    ['an unknown kind of a child', '/roots/0/children/0/kind', '"tar"'],
    ['a child of null', '/roots/0/children/0', 'null'],
    ['sharing as a number', '/roots/0/shared', '1'],
    ['a number of blobs below 0', '/blobs', '-1', 'SIZE_INVALID'],
    ...invalidImage('/roots/0').filter(([, pointer]) => !pointer.endsWith('imageID')),
  ],
});

describeSchema({
  name: 'history-report',
  full: {
    location: 'a.tar',
    images: [
      {
        ...IMAGE,
        history: [{ created: 'c', createdBy: 'b', author: 'a', comment: 'd', emptyLayer: false, layer: LAYER }],
      },
    ],
  },
  required: [
    ...within('', 'location', 'images'),
    ...image('/images/0'),
    ...within('/images/0', 'history'),
    ...within('/images/0/history/0', 'emptyLayer'),
    ...layer('/images/0/history/0/layer'),
  ],
  extensible: false,
  valid: [
    ['nothing', '{"location":"a","images":[]}'],
    [
      'an image without history',
      `{"location":"a","images":[{"names":[],"digest":"${SHA256}","mediaType":"a/b","history":[]}]}`,
    ],
    [
      'an empty layer',
      `{"location":"a","images":[{"names":[],"digest":"${SHA256}","mediaType":"a/b","history":[{"emptyLayer":true}]}]}`,
    ],
  ],
  invalid: [
    ['history as an object', '/images/0/history', '{}'],
    ['a step of null', '/images/0/history/0', 'null'],
    ['an empty layer as text', '/images/0/history/0/emptyLayer', '"false"'],
    ...invalidImage('/images/0'),
  ],
});

describeSchema({
  name: 'ls-report',
  full: {
    location: 'a.tar',
    digest: SHA256,
    layer: SHA256,
    entries: [
      { path: 'bin/sh', type: 'symlink', mode: '0777', uid: 0, gid: 0, size: 0, mtime: -1, linkTarget: 'busybox' },
    ],
  },
  required: [
    ...within('', 'location', 'digest', 'entries'),
    ...within('/entries/0', 'path', 'type', 'mode', 'uid', 'gid', 'size', 'mtime'),
  ],
  extensible: false,
  valid: [
    ['nothing', `{"location":"a","digest":"${SHA256}","entries":[]}`],
    [
      'a file',
      `{"location":"a","digest":"${SHA256}","entries":[{"path":"a","type":"file","mode":"4755","uid":1000,"gid":0,"size":9007199254740991,"mtime":0}]}`,
    ],
    [
      'a link to nothing',
      `{"location":"a","digest":"${SHA256}","entries":[{"path":"a","type":"symlink","mode":"0777","uid":0,"gid":0,"size":0,"mtime":0,"linkTarget":""}]}`,
    ],
  ],
  invalid: [
    ['an unknown type', '/entries/0/type', '"socket"'],
    ['a type in another spelling', '/entries/0/type', '"char-device"'],
    ['a mode as a number', '/entries/0/mode', '511'],
    ['a mode of three digits', '/entries/0/mode', '"777"'],
    ['a mode of five digits', '/entries/0/mode', '"10777"'],
    ['a mode that is not octal', '/entries/0/mode', '"0888"'],
    ['an owner by name', '/entries/0/uid', '"root"', 'SIZE_INVALID'],
    ['an owner below 0', '/entries/0/uid', '-1', 'SIZE_INVALID'],
    ['a size of null', '/entries/0/size', 'null', 'SIZE_INVALID'],
    ['a time with a fraction', '/entries/0/mtime', '0.5'],
    ['an empty path', '/entries/0/path', '""'],
    ['a digest without algorithm', '/digest', '"0"', 'DIGEST_INVALID'],
    ['a layer of null', '/layer', 'null'],
  ],
});
