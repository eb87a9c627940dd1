import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/base/json-parse.js';
import { manifestStyles } from '../../../src/layer/manifest-style.js';
import type { Digest } from '../../../src/oci/digest.js';
import { decodeImageManifest } from '../../../src/oci/manifest.js';
import { digestBy, fakeDigest } from '../../support/memory-place.js';
import { MANIFEST_WRITERS } from '../../support/pulled-image.js';

const config = { digest: fakeDigest('c'), size: 1472 };
const layer = (digit: string, size: number) => ({ digest: fakeDigest(digit), size });

const LISTS = [
  ['no layer', []],
  ['one layer', [layer('1', 2_811_478)]],
  ['a layer twice', [layer('1', 2_811_478), layer('2', 32), layer('1', 2_811_478)]],
] as const;

const texts = (...args: Parameters<typeof manifestStyles>): readonly string[] =>
  manifestStyles(...args).map(({ raw }) => Buffer.from(raw).toString());

describe.each(LISTS)('the manifest of %s', (_, layers) => {
  it.for(Object.entries(MANIFEST_WRITERS))('as %s writes it is among the styles', ([, write]) => {
    const text = write(config, layers);
    const found = manifestStyles(config, layers).find(({ descriptor }) => descriptor.digest === digestBy(text));
    expect(Buffer.from(found?.raw ?? []).toString()).toBe(text);
    expect(found?.descriptor.size).toBe(text.length);
  });

  it('is written by docker push and by BuildKit in the first two', () => {
    expect(texts(config, layers).slice(0, 2)).toEqual([
      MANIFEST_WRITERS.dockerPush(config, layers),
      MANIFEST_WRITERS.buildKit(config, layers),
    ]);
  });

  it('is another text in each style, and says of itself what its bytes say', () => {
    const styles = manifestStyles(config, layers);
    expect(new Set(texts(config, layers)).size).toBe(styles.length);
    for (const { raw, descriptor, value } of styles) {
      expect(descriptor.digest).toBe(digestBy(raw));
      const read = decodeImageManifest(parseJson(raw, { subject: 'x', depth: 8 }), descriptor, 'x');
      expect(value).toEqual(read);
      expect(Buffer.from(raw).at(-1)).toBe('}'.charCodeAt(0));
    }
  });

  it('does not depend on members that the parts have besides', () => {
    const more = (part: { readonly digest: Digest; readonly size: number }) => ({
      mediaType: 'x/y',
      annotations: new Map(),
      ...part,
    });
    expect(texts(more(config), layers.map(more))).toEqual(texts(config, layers));
  });
});
