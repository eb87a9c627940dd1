import { SHA256, SHA512, describeSchema } from './schema-cases.js';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const plain = (mediaType = 'application/octet-stream'): object => ({ mediaType, digest: SHA256, size: 7 });
const PLATFORM = {
  architecture: 'arm64',
  os: 'linux',
  'os.version': '10.0.14393.1066',
  'os.features': ['win32k'],
  variant: 'v8',
  features: ['sse4'],
};
const full = {
  mediaType: MANIFEST,
  digest: SHA256,
  size: 2,
  urls: ['https://example.com/blob?a=b#c'],
  annotations: { 'org.opencontainers.image.ref.name': 'v1' },
  data: 'e30=',
  platform: PLATFORM,
  artifactType: 'application/vnd.example+type',
};
const descriptor = (members: string): string => `{"mediaType":"a/b","digest":"${SHA256}","size":0${members}}`;
const within = (pointer: string, ...names: string[]): string[] => names.map((name) => `${pointer}/${name}`);
const identity = (pointer: string): string[] => within(pointer, 'mediaType', 'digest', 'size');

describeSchema({
  name: 'oci-descriptor',
  full,
  required: [...identity(''), ...within('/platform', 'architecture', 'os')],
  extensible: true,
  open: ['/annotations'],
  valid: [
    ['the least', descriptor('')],
    ['the largest size', `{"mediaType":"a/b","digest":"${SHA256}","size":9007199254740991}`],
    ['a digest by sha512', `{"mediaType":"a/b","digest":"${SHA512}","size":0}`],
    [
      'a digest by an unknown algorithm',
      '{"mediaType":"a/b","digest":"multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8","size":0}',
    ],
    [
      'a digest whose algorithm begins like sha256',
      '{"mediaType":"a/b","digest":"sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564=","size":0}',
    ],
    ['media types of every allowed character', descriptor(',"artifactType":"0!#$&^_.+-/A!#$&^_.+-"')],
    ['empty data', descriptor(',"data":""')],
    ['data with two padding characters', descriptor(',"data":"QUJDRA=="')],
    [
      'annotations by names of object members',
      descriptor(',"annotations":{"__proto__":"a","constructor":"b","toString":"c"}'),
    ],
    ['an unknown platform', descriptor(',"platform":{"architecture":"","os":"plan9"}')],
    ['an unknown number', descriptor(',"x":1e400')],
  ],
  invalid: [
    ['a size with a fraction', '/size', '572.0', 'SIZE_INVALID'],
    ['a size with an exponent', '/size', '1e3', 'SIZE_INVALID'],
    ['a size as text', '/size', '"572"', 'SIZE_INVALID'],
    ['a size of minus zero', '/size', '-0', 'SIZE_INVALID'],
    ['a size of minus one', '/size', '-1', 'SIZE_INVALID'],
    ['a size of 2^53', '/size', '9007199254740992', 'SIZE_INVALID'],
    ['a size of 2^63', '/size', '9223372036854775808', 'SIZE_INVALID'],
    ['a size of null', '/size', 'null', 'SIZE_INVALID'],
    ['a digest of 63 digits', '/digest', JSON.stringify(SHA256.slice(0, -1)), 'DIGEST_INVALID'],
    ['a digest of 65 digits', '/digest', JSON.stringify(`${SHA256}0`), 'DIGEST_INVALID'],
    ['a sha512 digest of 127 digits', '/digest', JSON.stringify(SHA512.slice(0, -1)), 'DIGEST_INVALID'],
    ['a sha512 digest of 129 digits', '/digest', JSON.stringify(`${SHA512}0`), 'DIGEST_INVALID'],
    [
      'a digest in upper case',
      '/digest',
      JSON.stringify(SHA256.replace(/:.*/, (hex) => hex.toUpperCase())),
      'DIGEST_INVALID',
    ],
    ['an algorithm in upper case', '/digest', JSON.stringify(SHA256.replace('sha', 'SHA')), 'DIGEST_INVALID'],
    ['a digest that climbs', '/digest', '"sha256:../../../etc/passwd"', 'DIGEST_INVALID'],
    ['an unknown algorithm that climbs', '/digest', '"x:../../etc/passwd"', 'DIGEST_INVALID'],
    ['a digest with NUL at its end', '/digest', JSON.stringify(`${SHA256}\0`), 'DIGEST_INVALID'],
    ['a digest with a newline at its end', '/digest', JSON.stringify(`${SHA256}\n`), 'DIGEST_INVALID'],
    ['a digest with digits of another script', '/digest', JSON.stringify(`sha256:${'٠'.repeat(64)}`), 'DIGEST_INVALID'],
    ['a digest with percent signs', '/digest', '"x:%2e%2e"', 'DIGEST_INVALID'],
    ['a digest without algorithm', '/digest', '":abc"', 'DIGEST_INVALID'],
    ['a digest without colon', '/digest', '"sha256"', 'DIGEST_INVALID'],
    ['a digest without digits', '/digest', '"sha256:"', 'DIGEST_INVALID'],
    ['an algorithm with two separators in a row', '/digest', '"a+-b:c"', 'DIGEST_INVALID'],
    ['an algorithm with a separator at its end', '/digest', '"a+:c"', 'DIGEST_INVALID'],
    ['an algorithm with a separator at its start', '/digest', '"+a:c"', 'DIGEST_INVALID'],
    ['an empty digest', '/digest', '""', 'DIGEST_INVALID'],
    ['a digest of null', '/digest', 'null'],
    ['a media type without slash', '/mediaType', '"application"'],
    ['a media type with two slashes', '/mediaType', '"a/b/c"'],
    ['a media type with parameters', '/mediaType', '"text/plain; charset=utf-8"'],
    ['a media type of 128 characters', '/mediaType', JSON.stringify(`a/${'b'.repeat(128)}`)],
    ['a media type with a newline at its end', '/mediaType', '"a/b\\n"'],
    ['an empty media type', '/mediaType', '""'],
    ['an empty artifact type', '/artifactType', '""'],
    ['data that are not base64', '/data', '"a b="'],
    ['data without padding', '/data', '"e30"'],
    ['data in the alphabet for URLs', '/data', '"_-_-"'],
    ['data with padding inside', '/data', '"e3==e30="'],
    ['a URL without scheme', '/urls/0', '"//example.com/blob"'],
    ['a URL with a space', '/urls/0', '"https://example.com/a b"'],
    ['an annotation that is a number', '/annotations/org.opencontainers.image.ref.name', '1'],
  ],
});

describeSchema({
  name: 'oci-image-manifest',
  full: {
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType: 'application/vnd.example+type',
    config: full,
    layers: [plain(), full],
    subject: full,
    annotations: { a: 'b' },
  },
  required: [
    ...within('', 'schemaVersion', 'config', 'layers'),
    ...['/config', '/layers/0', '/layers/1', '/subject'].flatMap(identity),
    ...['/config', '/layers/1', '/subject'].flatMap((pointer) => within(`${pointer}/platform`, 'architecture', 'os')),
  ],
  extensible: true,
  open: ['/annotations', '/config/annotations', '/layers/1/annotations', '/subject/annotations'],
  valid: [
    ['the least', `{"schemaVersion":2,"config":${descriptor('')},"layers":[]}`],
    [
      'an image',
      `{"schemaVersion":2,"mediaType":"${MANIFEST}","config":${descriptor('')},"layers":[${descriptor('')},${descriptor('')}]}`,
    ],
    [
      'an artifact without config',
      `{"schemaVersion":2,"artifactType":"a/b","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"${SHA256}","size":2,"data":"e30="},"layers":[]}`,
    ],
    [
      'an artifact with a config of its own',
      `{"schemaVersion":2,"config":${descriptor('')},"layers":[${descriptor('')}],"x":[[1.5]]}`,
    ],
  ],
  invalid: [
    ['schema version 1', '/schemaVersion', '1'],
    ['schema version 3', '/schemaVersion', '3'],
    ['a schema version as text', '/schemaVersion', '"2"'],
    ['a schema version with a fraction', '/schemaVersion', '2.0'],
    ['the media type of an index', '/mediaType', '"application/vnd.oci.image.index.v1+json"'],
    ["the media type of Docker's manifest", '/mediaType', '"application/vnd.docker.distribution.manifest.v2+json"'],
    ['an artifact type without slash', '/artifactType', '"type"'],
    ['a config of one digit', '/config/digest', '"sha256:0"', 'DIGEST_INVALID'],
    ['a layer of negative size', '/layers/1/size', '-5', 'SIZE_INVALID'],
    ['a layer of null', '/layers/0', 'null'],
    ['a layer that is a digest', '/layers/0', JSON.stringify(SHA256)],
    ['layers as an object', '/layers', '{"0":{}}'],
    ['a subject that is a digest', '/subject', JSON.stringify(SHA256)],
    ['an annotation of null', '/annotations/a', 'null'],
    ['annotations as a list', '/annotations', '["a=b"]'],
  ],
});

describeSchema({
  name: 'oci-image-index',
  full: {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    artifactType: 'application/vnd.example+type',
    manifests: [full, plain(MANIFEST)],
    subject: full,
    annotations: { a: 'b' },
  },
  required: [
    ...within('', 'schemaVersion', 'manifests'),
    ...['/manifests/0', '/manifests/1', '/subject'].flatMap(identity),
    ...['/manifests/0', '/subject'].flatMap((pointer) => within(`${pointer}/platform`, 'architecture', 'os')),
  ],
  extensible: true,
  open: ['/annotations', '/manifests/0/annotations', '/subject/annotations'],
  valid: [
    ['the least', '{"schemaVersion":2,"manifests":[]}'],
    [
      'a nested index',
      '{"schemaVersion":2,"manifests":[' +
        descriptor('').replace('a/b', 'application/vnd.oci.image.index.v1+json') +
        ']}',
    ],
    [
      'a manifest of an unknown type',
      `{"schemaVersion":2,"manifests":[${descriptor(',"platform":{"architecture":"unknown","os":"unknown"}')}]}`,
    ],
  ],
  invalid: [
    ['schema version 1', '/schemaVersion', '1'],
    ['the media type of a manifest', '/mediaType', JSON.stringify(MANIFEST)],
    ['the media type of a manifest list', '/mediaType', '"application/vnd.docker.distribution.manifest.list.v2+json"'],
    ['manifests of null', '/manifests', 'null'],
    ['manifests as an object', '/manifests', '{}'],
    ['a manifest of null', '/manifests/0', 'null'],
    ['a digest with a path', '/manifests/1/digest', '"sha256:../x"', 'DIGEST_INVALID'],
    ['a size of null', '/manifests/1/size', 'null', 'SIZE_INVALID'],
    ['a platform as text', '/manifests/0/platform', '"linux/arm64"'],
    ['a variant of null', '/manifests/0/platform/variant', 'null'],
    ['features of the operating system as text', '/manifests/0/platform/os.features', '"win32k"'],
    ['an annotation that is an object', '/annotations/a', '{}'],
  ],
});

describeSchema({
  name: 'oci-layout',
  full: { imageLayoutVersion: '1.0.0' },
  required: ['/imageLayoutVersion'],
  extensible: true,
  valid: [
    ['the one version there is', '{"imageLayoutVersion": "1.0.0"}'],
    ['a later version of the same kind', '{"imageLayoutVersion":"1.12.3"}'],
    ['an unknown member', '{"imageLayoutVersion":"1.0.0","x":null}'],
  ],
  invalid: [
    ['version 2', '/imageLayoutVersion', '"2.0.0"'],
    ['version 10', '/imageLayoutVersion', '"10.0.0"'],
    ['version 0', '/imageLayoutVersion', '"0.1.0"'],
    ['two numbers', '/imageLayoutVersion', '"1.0"'],
    ['one number', '/imageLayoutVersion', '"1"'],
    ['four numbers', '/imageLayoutVersion', '"1.0.0.0"'],
    ['a pre-release', '/imageLayoutVersion', '"1.0.0-rc1"'],
    ['a letter before it', '/imageLayoutVersion', '"v1.0.0"'],
    ['a space before it', '/imageLayoutVersion', '" 1.0.0"'],
    ['a newline at its end', '/imageLayoutVersion', '"1.0.0\\n"'],
    ['nothing', '/imageLayoutVersion', '""'],
    ['a number', '/imageLayoutVersion', '1.0'],
  ],
});
