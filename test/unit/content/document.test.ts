import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import type { ErrorCode } from '../../../src/base/error-code.js';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { checkNoManifest, loadConfig, loadManifest, loadRaw, parseConfig } from '../../../src/content/document.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { MemoryPlace, descriptorWith, failureOf } from '../../support/memory-place.js';

const place = new MemoryPlace();
const image = place.image();

describe('a document', () => {
  it('is loaded with the very bytes', async () => {
    const manifest = await loadManifest(place.reader(), image.descriptor, DEFAULT_LIMITS);
    expect(Buffer.from(manifest.raw).toString()).toBe(place.text(image.descriptor));
    expect(manifest.value).toMatchObject({ kind: 'manifest', config: image.config });
    const config = await loadConfig(place.reader(), image.config, DEFAULT_LIMITS);
    expect(config.value.platform).toEqual({ os: 'linux', architecture: 'amd64' });
  });

  it('may be as large as the limit', async () => {
    const limited = (document: number) => loadRaw(place.reader(), image.config, { ...DEFAULT_LIMITS, document });
    expect((await limited(image.config.size)).length).toBe(image.config.size);
    expect((await failureOf(() => limited(image.config.size - 1))).code).toBe('LIMIT_METADATA');
  });

  it('is held against the data embedded in its descriptor', async () => {
    const embedding = (text: string) =>
      loadRaw(place.reader(), descriptorWith(image.config, { data: utf8(text) }), DEFAULT_LIMITS);
    expect(Buffer.from(await embedding(place.text(image.config))).toString()).toBe(place.text(image.config));
    expect((await failureOf(() => embedding('other'))).code).toBe('DATA_MISMATCH');
  });

  it('that is no manifest is a defect of who asks', async () => {
    expect((await failureOf(() => loadManifest(place.reader(), image.config, DEFAULT_LIMITS))).code).toBe('DEFECT');
  });
});

describe('a config', () => {
  it.for<[line: string, text: string, code: ErrorCode]>([
    ['no JSON', 'x', 'CONFIG_INVALID'],
    ['nothing', '', 'CONFIG_INVALID'],
    ['null', 'null', 'CONFIG_INVALID'],
    ['a NUL', '\u0000', 'CONFIG_INVALID'],
    ['a key twice', '{"os":"a","os":"b"}', 'JSON_DUPLICATE_KEY'],
    ['too deep', '['.repeat(65), 'LIMIT_JSON_DEPTH'],
  ])('may not be %s', async ([, text, code]) => {
    expect(await failureOf(() => parseConfig(utf8(text), 'c', DEFAULT_LIMITS))).toMatchObject({
      code,
      details: { subject: 'c' },
    });
  });
});

describe('what a list of images calls by an unknown media type', () => {
  const check = (text: string) => checkNoManifest(place.reader(), place.add(text, 'application/x'), DEFAULT_LIMITS);

  it.for(['', '\u0000', '[]', '{}', '{"mediaType":7}', '{"mediaType":"a/b"}', `{"mediaType":"${MEDIA_TYPE.config}"}`])(
    'is carried if it is %j',
    async (text) => {
      expect(await check(text)).toBeUndefined();
    },
  );

  it.for([
    MEDIA_TYPE.index,
    MEDIA_TYPE.manifest,
    MEDIA_TYPE.dockerManifest,
    MEDIA_TYPE.artifactManifest,
    MEDIA_TYPE.dockerSchema1,
  ])('is refused if it says %s', async (mediaType) => {
    expect(await failureOf(() => check(JSON.stringify({ mediaType })))).toMatchObject({
      code: 'MEDIATYPE_CONFLICT',
      details: { pointer: '/mediaType', expected: 'application/x', found: mediaType },
    });
  });
});
