import { describe, expect, it } from 'vitest';
import { type ByteSource, EMPTY, memorySource, utf8 } from '../../../src/base/bytes.js';
import { type BlobReader, firstOf, verifiedBlobs, withMemory } from '../../../src/content/blob.js';
import { type Descriptor, plainDescriptor } from '../../../src/oci/descriptor.js';
import { type Digest, parseDigest } from '../../../src/oci/digest.js';
import { digestBy, failureOf, fakeDigest } from '../../support/memory-place.js';

const ABC = plainDescriptor('text/plain', digestBy('abc'), 3);

/** A reader of one content, whatever is asked for, that counts. */
const reading = (
  content: string,
  more: Partial<ByteSource> = {},
): BlobReader & { readonly counts: { opened: number; closed: number; pulled: number } } => {
  const counts = { opened: 0, closed: 0, pulled: 0 };
  return {
    counts,
    open: async ({ digest }) => {
      counts.opened++;
      const source = memorySource(utf8(content), digest, 2);
      return {
        ...source,
        async *read(range, signal) {
          for await (const chunk of source.read(range, signal)) {
            counts.pulled++;
            yield chunk;
          }
        },
        close: async () => void counts.closed++,
        ...more,
      };
    },
  };
};

const nothing: BlobReader = { open: async () => undefined };

const readWith = async (blobs: BlobReader, descriptor: Descriptor): Promise<string> => {
  let text = '';
  for await (const chunk of verifiedBlobs(blobs).read(descriptor)) text += Buffer.from(chunk).toString();
  return text;
};

describe('a verified blob', () => {
  it('comes whole, and its source is closed', async () => {
    const blobs = reading('abc');
    expect(await readWith(blobs, ABC)).toBe('abc');
    expect(blobs.counts).toEqual({ opened: 1, closed: 1, pulled: 2 });
  });

  it('may be empty, and may have a sha512 digest', async () => {
    expect(await readWith(reading(''), plainDescriptor('a/b', digestBy(EMPTY), 0))).toBe('');
    expect(await readWith(reading('abc'), plainDescriptor('a/b', digestBy('abc', 'sha512'), 3))).toBe('abc');
  });

  it.for<[line: string, blobs: ReturnType<typeof reading>, descriptor: Descriptor, code: string, details: object]>([
    [
      'a byte is another',
      reading('abd'),
      ABC,
      'DIGEST_MISMATCH',
      { expected: ABC.digest.slice(7), found: digestBy('abd').slice(7) },
    ],
    ['it is shorter', reading('ab'), ABC, 'SIZE_MISMATCH', { expected: '3 bytes', found: '2 bytes' }],
    ['it is longer', reading('abcd'), ABC, 'SIZE_MISMATCH', { expected: '3 bytes', found: '4 bytes' }],
    ['a byte more comes than the source says', reading('abcd', { size: 3 }), ABC, 'SIZE_MISMATCH', { found: 'more' }],
    ['a byte less comes than the source says', reading('ab', { size: 3 }), ABC, 'SIZE_MISMATCH', { found: '2 bytes' }],
    [
      'sha512 of other bytes',
      reading('abd'),
      plainDescriptor('a/b', digestBy('abc', 'sha512'), 3),
      'DIGEST_MISMATCH',
      {},
    ],
  ])('fails if %s', async ([, blobs, descriptor, code, details]) => {
    const error = await failureOf(() => readWith(blobs, descriptor));
    expect(error).toMatchObject({ code, details: { subject: descriptor.digest, ...details } });
    expect(blobs.counts.closed).toBe(1);
  });

  it('that is too long ends at the first chunk that leaves the size', async () => {
    const blobs = reading('abcdefghij', { size: 3 });
    const seen: string[] = [];
    await failureOf(async () => {
      for await (const chunk of verifiedBlobs(blobs).read(ABC)) seen.push(Buffer.from(chunk).toString());
    });
    expect([seen, blobs.counts.pulled]).toEqual([['ab'], 2]);
  });

  it('that is not there is missing', async () => {
    expect(await failureOf(() => readWith(nothing, ABC))).toMatchObject({
      code: 'BLOB_MISSING',
      details: { subject: ABC.digest, expected: '3 bytes of text/plain', found: 'nothing' },
    });
  });

  it('of an unknown algorithm is not even opened', async () => {
    const blobs = reading('abc');
    const unknown = plainDescriptor('a/b', parseDigest('sha3-256:abc'), 3);
    expect((await failureOf(() => readWith(blobs, unknown))).code).toBe('DIGEST_ALGORITHM_UNSUPPORTED');
    expect((await failureOf(() => verifiedBlobs(blobs).extent(unknown))).code).toBe('DIGEST_ALGORITHM_UNSUPPORTED');
    expect(blobs.counts.opened).toBe(0);
  });

  it('that is left early is closed', async () => {
    const blobs = reading('abc');
    for await (const _ of verifiedBlobs(blobs).read(ABC)) break;
    expect(blobs.counts.closed).toBe(1);
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(async () => {
      for await (const _ of verifiedBlobs(reading('abc')).read(ABC, signal));
    }).rejects.toThrow('stop');
  });
});

describe('an extent', () => {
  const file = { fd: 9, offset: 5, length: 3 };

  it('is the place in the file, open until it is released', async () => {
    const blobs = reading('abc', { file });
    const extent = await verifiedBlobs(blobs).extent(ABC);
    expect(extent).toMatchObject({
      expectation: { subject: ABC.digest, algorithm: 'sha256', expected: ABC.digest.slice(7) },
      file,
    });
    expect(blobs.counts.closed).toBe(0);
    await extent?.release();
    expect(blobs.counts.closed).toBe(1);
  });

  it('is none for what does not lie in a file', async () => {
    const blobs = reading('abc');
    expect(await verifiedBlobs(blobs).extent(ABC)).toBeUndefined();
    expect(blobs.counts.closed).toBe(1);
  });

  it('of another size is refused and closed', async () => {
    const blobs = reading('abcd', { file });
    expect((await failureOf(() => verifiedBlobs(blobs).extent(ABC))).code).toBe('SIZE_MISMATCH');
    expect(blobs.counts.closed).toBe(1);
    expect((await failureOf(() => verifiedBlobs(nothing).extent(ABC))).code).toBe('BLOB_MISSING');
  });
});

describe('readers together', () => {
  const other = plainDescriptor('a/b', fakeDigest('0'), 1);
  const textOf = async (source: ByteSource | undefined) => source && Buffer.from(await source.readAt(0, 9)).toString();

  it('memory counts before the rest', async () => {
    const blobs = withMemory(new Map<Digest, Uint8Array>([[ABC.digest, utf8('memory')]]), reading('rest'));
    expect(await textOf(await blobs.open(ABC))).toBe('memory');
    expect(await textOf(await blobs.open(other))).toBe('rest');
  });

  it('the first that has a blob gives it', async () => {
    const last = reading('c');
    expect(await textOf(await firstOf([nothing, reading('b'), last]).open(ABC))).toBe('b');
    expect(last.counts.opened).toBe(0);
    expect(await firstOf([nothing, nothing]).open(ABC)).toBeUndefined();
    expect(await firstOf([]).open(ABC)).toBeUndefined();
  });
});
