import { SHA256, SHA512, describeSchema } from './schema-cases.js';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const within = (pointer: string, ...names: string[]): string[] => names.map((name) => `${pointer}/${name}`);

describeSchema({
  name: 'recipe',
  full: {
    version: 1,
    images: [
      {
        imageID: SHA256,
        manifest: { mediaType: MANIFEST, digest: SHA256, size: 2, data: 'e30=' },
        layers: [{ diffID: SHA256, digest: SHA512, size: 20, codec: 'go-flate-1.26/6' }],
      },
    ],
  },
  required: [
    ...within('', 'version', 'images'),
    ...within('/images/0', 'imageID', 'manifest', 'layers'),
    ...within('/images/0/manifest', 'mediaType', 'digest', 'size', 'data'),
    ...within('/images/0/layers/0', 'diffID', 'digest', 'size'),
  ],
  extensible: false,
  valid: [
    ['no image', '{"version":1,"images":[]}'],
    [
      'an image without layers',
      `{"version":1,"images":[{"imageID":"${SHA256}","manifest":{"mediaType":"a/b","digest":"${SHA256}","size":0,"data":""},"layers":[]}]}`,
    ],
    [
      'a codec that nobody has yet',
      `{"version":1,"images":[{"imageID":"${SHA256}","manifest":{"mediaType":"a/b","digest":"${SHA256}","size":0,"data":""},"layers":[{"diffID":"${SHA256}","digest":"${SHA256}","size":0,"codec":"zlib-9.0/6+os255"}]}]}`,
    ],
  ],
  invalid: [
    ['version 2', '/version', '2'],
    ['version 1.0', '/version', '1.0'],
    ['images by name', '/images', '{}'],
    ['an image that is a digest', '/images/0', JSON.stringify(SHA256)],
    ['an image ID without algorithm', '/images/0/imageID', JSON.stringify(SHA256.slice(7)), 'DIGEST_INVALID'],
    ['a media type without slash', '/images/0/manifest/mediaType', '"manifest"'],
    ['a digest in upper case', '/images/0/manifest/digest', JSON.stringify(SHA256.toUpperCase()), 'DIGEST_INVALID'],
    ['a size below 0', '/images/0/manifest/size', '-1', 'SIZE_INVALID'],
    ['a manifest that is no base64', '/images/0/manifest/data', '"{}"'],
    ['a manifest as an object', '/images/0/manifest/data', '{}'],
    ['layers as an object', '/images/0/layers', '{}'],
    ['a layer of null', '/images/0/layers/0', 'null'],
    ['a short diffID', '/images/0/layers/0/diffID', '"sha256:0123"', 'DIGEST_INVALID'],
    ['a size with a fraction', '/images/0/layers/0/size', '0.5', 'SIZE_INVALID'],
    ['a codec without level', '/images/0/layers/0/codec', '"go-flate-1.26"'],
    ['a codec in upper case', '/images/0/layers/0/codec', '"Go-flate-1.26/6"'],
    ['a codec of two levels', '/images/0/layers/0/codec', '"go-flate/1.26/6"'],
    ['an empty codec', '/images/0/layers/0/codec', '""'],
    ['a codec of null', '/images/0/layers/0/codec', 'null'],
  ],
});

describeSchema({
  name: 'recipe-report',
  full: { output: 'app.recipe.json', digest: SHA256, images: 1, layers: 3, restorable: 2 },
  required: within('', 'output', 'digest', 'images', 'layers', 'restorable'),
  extensible: false,
  valid: [['nothing', `{"output":"a","digest":"${SHA256}","images":0,"layers":0,"restorable":0}`]],
  invalid: [
    ['no output', '/output', '""'],
    ['an output of null', '/output', 'null'],
    ['a digest without algorithm', '/digest', '"0123"', 'DIGEST_INVALID'],
    ['images below 0', '/images', '-1', 'SIZE_INVALID'],
    ['layers as a list', '/layers', '[]', 'SIZE_INVALID'],
    ['a part of a layer', '/restorable', '1.5', 'SIZE_INVALID'],
  ],
});

describeSchema({
  name: 'explain-layers-report',
  full: {
    location: 'app.tar',
    images: [
      {
        names: ['docker.io/library/a:1'],
        digest: SHA256,
        platform: 'linux/arm/v7',
        layers: [
          {
            digest: SHA256,
            mediaType: 'a/b',
            size: 7,
            diffID: SHA512,
            producer: 'go-flate',
            confidence: 'likely',
            evidence: ['a block of 16384 tokens'],
            codec: 'go-flate-1.26/6',
            restorable: true,
            why: 'proved by its digest',
          },
        ],
      },
    ],
  },
  required: [
    ...within('', 'location', 'images'),
    ...within('/images/0', 'names', 'digest', 'platform', 'layers'),
    ...within('/images/0/layers/0', 'digest', 'mediaType', 'size', 'diffID', 'producer', 'evidence', 'why'),
  ],
  extensible: false,
  valid: [
    ['nothing', '{"location":"-","images":[]}'],
    [
      'an image without names or layers',
      `{"location":"a","images":[{"names":[],"digest":"${SHA256}","platform":"linux/amd64","layers":[]}]}`,
    ],
    [
      'a layer that was not tried',
      `{"location":"a","images":[{"names":[],"digest":"${SHA256}","platform":"linux/amd64","layers":[{"digest":"${SHA256}","mediaType":"a/b","size":0,"diffID":"${SHA256}","producer":"none","evidence":[],"why":""}]}]}`,
    ],
  ],
  invalid: [
    ['an empty name', '/images/0/names/0', '""'],
    ['a platform of one part', '/images/0/platform', '"linux"'],
    ['an image digest without algorithm', '/images/0/digest', '"0123"', 'DIGEST_INVALID'],
    ['a layer of null', '/images/0/layers/0', 'null'],
    ['a layer of negative size', '/images/0/layers/0/size', '-1', 'SIZE_INVALID'],
    ['a diffID without algorithm', '/images/0/layers/0/diffID', '"0"', 'DIGEST_INVALID'],
    ['a producer of null', '/images/0/layers/0/producer', 'null'],
    ['another confidence', '/images/0/layers/0/confidence', '"sure"'],
    ['a confidence in percent', '/images/0/layers/0/confidence', '99'],
    ['evidence as text', '/images/0/layers/0/evidence', '"tokens"'],
    ['a number among the evidence', '/images/0/layers/0/evidence/0', '1'],
    ['restorable as text', '/images/0/layers/0/restorable', '"yes"'],
    ['a codec of null', '/images/0/layers/0/codec', 'null'],
    ['no reason', '/images/0/layers/0/why', 'null'],
  ],
});
