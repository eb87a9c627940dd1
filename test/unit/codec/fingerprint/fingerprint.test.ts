import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { gzipSync as fflateGzip } from 'fflate';
import { describe, expect, it } from 'vitest';
import { INPUTS } from '../../../../golden/codec/input.mjs';
import { readAll, streamOf } from '../../../../src/base/bytes.js';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { gzipCandidates } from '../../../../src/codec/fingerprint/candidates.js';
import { readGzipFacts } from '../../../../src/codec/fingerprint/gzip-facts.js';
import { type Fingerprint, fingerprint } from '../../../../src/codec/fingerprint/fingerprint.js';
import type { Confidence, Producer } from '../../../../src/codec/fingerprint/producer.js';
import { PINNED_CODEC_IDS, pinnedCodec } from '../../../../src/codec/pinned/codec.js';
import { BZIP2, PIGZ, XZ_CRC64 } from '../compressed-fixture.js';
import { always, chunked } from '../decompress-outcome.js';
import { DeflateWriter, gzipOf } from './deflate-writer.js';
import * as made from './producer-fixture.js';

const INPUT_DIR = join(import.meta.dirname, '../../../../golden/inputs');
const RANK: Readonly<Record<Confidence, number>> = { guess: 0, likely: 1, certain: 2 };

const look = (bytes: Uint8Array, size = 65_536, budget?: number): Promise<Fingerprint> =>
  fingerprint(chunked(bytes, always(size)), {
    subject: 'blob',
    limits: DEFAULT_LIMITS,
    ...(budget === undefined ? {} : { bytes: budget }),
  });

/** A file of the golden inputs, found by how its name begins. */
const golden = (folder: string, start: string): Uint8Array => {
  const name = readdirSync(join(INPUT_DIR, folder)).find((file) => file.startsWith(start));
  return new Uint8Array(readFileSync(join(INPUT_DIR, folder, name ?? start)));
};

/** The compressed members of a golden tar. */
const goldenMembers = (path: string): Uint8Array[] => {
  const tar = readFileSync(join(INPUT_DIR, path));
  const members: Uint8Array[] = [];
  for (let at = 0; tar[at] !== 0;) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    if (tar[at + 512] === 0x1f) members.push(new Uint8Array(tar.subarray(at + 512, at + 512 + size)));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return members;
};

const pinned = (id: string, plain: Uint8Array): Promise<Uint8Array> =>
  readAll(pinnedCodec(id).compress(streamOf(plain)), Number.MAX_SAFE_INTEGER, { code: 'DEFECT', subject: id });

const UNIX = [0, 0, 0, 0, 0, 0, 3];
const text = INPUTS['description']!();
const literals = (count: number): number[] => Array.from({ length: count }, (_, index) => index & 0xff);

/** BusyBox with a buffer of so many tokens, by the description of its encoder: blocks are full, or end at 4096. */
const busybox = (tokens: number): Uint8Array =>
  gzipOf(
    new DeflateWriter().fixed(literals(tokens)).fixed(literals(4096)).fixed(literals(tokens)).fixed([1], true).bytes(),
    UNIX,
  );

type Case = readonly [name: string, bytes: () => Uint8Array | Promise<Uint8Array>, producer: Producer, at: Confidence];

describe('the producer', () => {
  it.for<Case>([
    ['docker push (20.10, Go)', () => golden('app/skopeo-layout/blobs/sha256', '1899d2a8'), 'go-flate', 'certain'],
    ['docker push, a small layer', () => golden('app/skopeo-layout/blobs/sha256', 'd4d476b7'), 'go-flate', 'likely'],
    ['docker push, kept by crane', () => golden('built/crane-layout/blobs/sha256', 'c61ffa3b'), 'go-flate', 'likely'],
    ['Go, level 9', () => made.GO_FLATE_9, 'go-flate', 'likely'],
    ['Go, level 6, by our own encoder', () => pinned('go-flate-1.26/6', text), 'go-flate', 'certain'],
    ['Go, level 2, by our own encoder', () => pinned('go-flate-1.26/2', text), 'go-flate', 'certain'],
    ['Go, level 1', () => made.GO_FLATE_1, 'go-flate-level-1', 'certain'],
    ['Go, level 1, a small layer', () => made.GO_FLATE_1_TAR, 'go-flate-level-1', 'likely'],
    ['umoci 0.6', () => golden('built/umoci6-layout/blobs/sha256', '9616cc31'), 'pgzip', 'likely'],
    ['skopeo 1.9', () => made.PGZIP_SKOPEO_1, 'pgzip', 'likely'],
    ['skopeo 1.22', () => made.PGZIP_SKOPEO_2, 'pgzip', 'likely'],
    ['pgzip, three segments', () => made.PGZIP, 'pgzip', 'certain'],
    ['eStargz', () => made.ESTARGZ, 'estargz', 'certain'],
    ['zlib, by our own encoder', () => pinned('zlib-1.3/6', text), 'zlib', 'certain'],
    ['zlib in Java, by our own encoder', () => pinned('zlib-1.3/6+os255', text), 'zlib', 'certain'],
    ['zlib of Node', () => new Uint8Array(gzipSync(text)), 'zlib', 'likely'],
    ['Java', () => made.JAVA, 'zlib', 'guess'],
    ['pigz', () => made.PIGZ_ZEROS, 'pigz', 'certain'],
    ['GNU gzip', () => made.GNU_GZIP, 'gnu-gzip', 'certain'],
    ['BusyBox with a small buffer', () => busybox(8191), 'busybox', 'certain'],
    ['skopeo 1.9, zstd', () => made.ZSTD_SKOPEO_1, 'zstd-klauspost', 'certain'],
    ['skopeo 1.22, zstd', () => made.ZSTD_SKOPEO_2, 'zstd-klauspost', 'certain'],
    ['BuildKit, zstd', () => golden('oci/zstd/blobs/sha256', '024c15de'), 'zstd-klauspost', 'likely'],
    ['klauspost zstd', () => made.ZSTD_KLAUSPOST, 'zstd-klauspost', 'likely'],
    ['skopeo 1.9, zstd:chunked', () => made.CHUNKED_SKOPEO_1, 'zstd-chunked', 'certain'],
    ['skopeo 1.22, zstd:chunked', () => made.CHUNKED_SKOPEO_2, 'zstd-chunked', 'certain'],
    ['stargz-snapshotter, zstd:chunked', () => made.CHUNKED_STARGZ, 'zstd-chunked', 'certain'],
    ['zstd -3', () => made.ZSTD_TAR, 'zstd-libzstd', 'likely'],
    ['zstd -3 of zeros', () => made.ZSTD_ZEROS, 'zstd-libzstd', 'certain'],
    ['zstd -3 of a file', () => made.ZSTD_FILE, 'zstd-libzstd', 'guess'],
    ['gzip without compression', () => new Uint8Array(gzipSync(text, { level: 0 })), 'stored', 'likely'],
    ['a tar', () => new Uint8Array(512), 'none', 'certain'],
    ['bzip2', () => BZIP2, 'unknown', 'guess'],
    ['xz', () => XZ_CRC64, 'unknown', 'guess'],
  ])('of %s', async ([, make, producer, at]) => {
    const bytes = await make();
    const found = await look(bytes);
    expect(found.producer).toBe(producer);
    expect(RANK[found.confidence]).toBeGreaterThanOrEqual(RANK[at]);
    for (const size of bytes.length < 5000 ? [7, 1] : [1000]) expect(await look(bytes, size)).toStrictEqual(found);
  });

  it.for(['app/podman-oci.tar', 'app/podman5-oci.tar', 'built/buildah-oci.tar', 'built/umoci-layout.tar'])(
    'of the layers in %s',
    async (path) => {
      const members = goldenMembers(path);
      expect(members.length).toBeGreaterThan(0);
      for (const member of members)
        expect(await look(member)).toMatchObject({ producer: 'pgzip', confidence: 'likely' });
    },
  );
});

/** Programs that have no name here, and data in which nothing tells. */
describe('nothing is certain about', () => {
  it.for<readonly [name: string, bytes: () => Uint8Array]>([
    ['igzip', () => made.IGZIP],
    ['libdeflate', () => made.LIBDEFLATE],
    ['zopfli', () => made.ZOPFLI],
    ['fflate', () => fflateGzip(text, { mtime: 0 })],
    ['fflate, fast', () => fflateGzip(text, { mtime: 0, level: 1 })],
    ['klauspost gzip', () => made.KLAUSPOST_GZIP],
    ['GNU gzip of little', () => made.GNU_GZIP_TAR],
    ['pigz of little', () => PIGZ],
    ['zstd -19 from a pipe', () => made.ZSTD_19],
    ['no data', () => new Uint8Array(gzipSync(''))],
    [
      'no data by Go',
      () => gzipOf(new DeflateWriter().stored(new Uint8Array(0), true).bytes(), [0, 0, 0, 0, 0, 0, 255]),
    ],
    ['4096 tokens only', () => gzipOf(new DeflateWriter().fixed(literals(4096)).fixed([1], true).bytes(), UNIX)],
  ])('%s', async ([, make]) => {
    expect((await look(make())).confidence).not.toBe('certain');
  });
});

describe('candidates', () => {
  it.for<readonly [name: string, bytes: () => Uint8Array | Promise<Uint8Array>, first: string]>([
    ['Go', () => golden('app/skopeo-layout/blobs/sha256', '1899d2a8'), 'go-flate-1.26/6'],
    ['Go, level 9', () => made.GO_FLATE_9, 'go-flate-1.26/9'],
    ['Go, level 1', () => made.GO_FLATE_1, 'go-flate-1.26/1'],
    ['Java', () => made.JAVA, 'zlib-1.3/6+os255'],
    ['GNU gzip', () => made.GNU_GZIP, 'gnu-gzip-1/9'],
    ['GNU gzip of little', () => made.GNU_GZIP_TAR, 'zlib-1.3/6'],
    ['BusyBox', () => busybox(8191), 'busybox-gzip/6'],
    ['pgzip', () => made.PGZIP, 'pgzip-1.20/5'],
    ['pgzip in segments of 256 KiB', () => pinned('pgzip-1.15/5+256k', text), 'pgzip-1.20/5+256k'],
    ['BusyBox with a medium buffer', () => busybox(16_383), 'busybox-gzip/6+medium'],
    ['BusyBox, or GNU gzip', () => busybox(32_767), 'gnu-gzip-1/6'],
    ['zlib with more memory', () => pinned('zlib-1.3/6+mem9', text), 'zlib-1.3/6+mem9'],
    ['pigz, level 9', () => pinned('pigz-2/9', text), 'pigz-2/9'],
  ])('for %s', async ([, make, first]) => {
    expect((await look(await make())).candidates[0]).toBe(first);
  });

  it('of a guess include all that the header allows', async () => {
    const { candidates } = await look(made.GNU_GZIP_TAR);
    expect(candidates).toEqual(
      expect.arrayContaining(['zlib-1.3/6', 'gnu-gzip-1/6', 'busybox-gzip/6', 'fflate-0.8/6']),
    );
    expect(new Set(candidates).size).toBe(candidates.length);
  });

  /** Complete by its type. */
  const PRODUCERS: Readonly<Record<Producer, true>> = {
    'go-flate': true,
    'go-flate-level-1': true,
    'go-1.27': true,
    pgzip: true,
    zlib: true,
    pigz: true,
    'gnu-gzip': true,
    busybox: true,
    estargz: true,
    'zstd-klauspost': true,
    'zstd-libzstd': true,
    'zstd-chunked': true,
    stored: true,
    unknown: true,
    none: true,
  };

  it.for(Object.keys(PRODUCERS) as Producer[])('for %s are codecs that there are, each once', async (producer) => {
    for (const os of [0, 3, 255]) {
      for (const extraFlags of [0, 2, 4]) {
        const facts = await readGzipFacts(
          streamOf(gzipOf(new DeflateWriter().fixed([1], true).bytes(), [0, 0, 0, 0, 0, extraFlags, os])),
          {
            subject: 'blob',
            limits: DEFAULT_LIMITS,
          },
        );
        for (const confidence of ['guess', 'certain'] as const) {
          const ids = gzipCandidates({ producer, confidence, evidence: [] }, facts);
          expect(ids.filter((id) => !PINNED_CODEC_IDS.includes(id))).toEqual([]);
          expect(new Set(ids).size).toBe(ids.length);
        }
      }
    }
  });

  it('name what wrote the bytes among the first three, where the producer is certain', async () => {
    const places = new Map<string, number>();
    for (const id of PINNED_CODEC_IDS.filter((each) => /^(?!zstd).*[/][69](?:[+].*)?$|^pgzip/.test(each))) {
      const { candidates, confidence } = await look(await pinned(id, text));
      if (confidence === 'certain') places.set(id, candidates.indexOf(id));
    }
    expect(places.size).toBeGreaterThan(8);
    expect([...places].filter(([, at]) => at < 0 || at > 2)).toEqual([]);
  });

  it('are none where no codec is pinned', async () => {
    for (const bytes of [made.ESTARGZ, made.CHUNKED_SKOPEO_1, new Uint8Array(512)]) {
      expect((await look(bytes)).candidates).toStrictEqual([]);
    }
  });
});

describe('a fingerprint', () => {
  it('tells why', async () => {
    expect(await look(made.GO_FLATE_1)).toStrictEqual({
      compression: 'gzip',
      producer: 'go-flate-level-1',
      confidence: 'certain',
      level: 'fastest',
      complete: true,
      evidence: [
        'the header names no system',
        'the header has no time',
        'the header says fastest',
        'the header has no fields beyond the fixed ones',
        'the last block is empty and stored',
        'full blocks stand for 65535 bytes',
        'no match has three bytes',
      ],
      candidates: ['go-flate-1.26/1'],
    });
  });

  it('needs no end', async () => {
    const bytes = await pinned('go-flate-1.26/6', text);
    const found = await look(bytes, 4096, 500_000);
    expect(found).toMatchObject({ producer: 'go-flate', complete: false });
    expect(RANK[found.confidence]).toBeGreaterThanOrEqual(RANK.likely);
  });

  it('ends the stream', async () => {
    for (const first of [made.GO_FLATE_9, made.ZSTD_TAR, new Uint8Array(512)]) {
      let ended = false;
      async function* stream(): AsyncGenerator<Uint8Array> {
        try {
          yield first;
          yield new Uint8Array(512);
        } finally {
          ended = true;
        }
      }
      await fingerprint(stream(), { subject: 'blob', limits: DEFAULT_LIMITS });
      expect(ended).toBe(true);
    }
  });

  it('passes an error of the stream on', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield made.GNU_GZIP.subarray(0, 100);
      throw new Error('broken');
    }
    await expect(fingerprint(broken(), { subject: 'blob', limits: DEFAULT_LIMITS })).rejects.toThrow('broken');
  });
});
