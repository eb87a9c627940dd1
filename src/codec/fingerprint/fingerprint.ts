import type { ByteStream } from '../../base/bytes.js';
import type { Limits } from '../../base/limits.js';
import { type Compression, SNIFF_LENGTH, sniffCompression } from '../compression.js';
import { PullReader } from '../pull-reader.js';
import { type Candidates, gzipCandidates } from './candidates.js';
import { type GzipFacts, readGzipFacts } from './gzip-facts.js';
import { GZIP_PROFILES } from './gzip-profiles.js';
import { GZIP_TRAITS } from './gzip-traits.js';
import { type Confidence, type Producer, judge } from './producer.js';
import { readZstdFacts } from './zstd-facts.js';
import { ZSTD_PROFILES, ZSTD_TRAITS } from './zstd-rules.js';

/** Who made a compressed blob, by its bytes. */
export interface Fingerprint {
  readonly compression: Compression;
  readonly producer: Producer;
  readonly confidence: Confidence;
  /** What the header says about the level; undefined if it says nothing, as for all levels between. */
  readonly level: 'fastest' | 'best' | undefined;
  /** Whether the whole blob was looked at. */
  readonly complete: boolean;
  /** What speaks for the producer, in words and in a fixed order; for an unknown one, all that was seen. */
  readonly evidence: readonly string[];
  /** Pinned codecs worth trying, best first. */
  readonly candidates: Candidates;
}

export interface FingerprintOptions {
  /** How the blob is named in errors. */
  readonly subject: string;
  readonly limits: Limits;
  /** Bytes of a gzip stream, in and out, each, after which the end is not looked at any more; 64 MiB by default. */
  readonly bytes?: number;
}

const levelOf = ({ header }: GzipFacts): Fingerprint['level'] =>
  header.extraFlags === 4 ? 'fastest' : header.extraFlags === 2 ? 'best' : undefined;

async function* rest(reader: PullReader): ByteStream {
  try {
    while (await reader.fill(1)) {
      const chunk = reader.buffered;
      yield chunk;
      reader.skip(chunk.length);
    }
  } finally {
    await reader.close();
  }
}

const gzipFingerprint = async (stream: ByteStream, options: FingerprintOptions): Promise<Fingerprint> => {
  const facts = await readGzipFacts(stream, options, options.bytes);
  const verdict = judge(facts, GZIP_TRAITS, GZIP_PROFILES);
  return {
    compression: 'gzip',
    ...verdict,
    level: levelOf(facts),
    complete: facts.complete,
    candidates: gzipCandidates(verdict, facts),
  };
};

const zstdFingerprint = async (stream: ByteStream, options: FingerprintOptions): Promise<Fingerprint> => {
  const facts = await readZstdFacts(stream, options);
  const verdict = judge(facts, ZSTD_TRAITS, ZSTD_PROFILES);
  return { compression: 'zstd', ...verdict, level: undefined, complete: facts.complete, candidates: [] };
};

/**
 * Names the producer of a blob. Reads a gzip stream up to a bound, and passes over the blocks of a zstd
 * stream; memory does not depend on the blob. Ends the stream when it has seen enough. Checksums
 * are not verified.
 * @throws {ToolError} GZIP_CORRUPT, LIMIT_GZIP_MEMBERS, ZSTD_CORRUPT, CODEC_UNSUPPORTED
 */
export const fingerprint = async (stream: ByteStream, options: FingerprintOptions): Promise<Fingerprint> => {
  const reader = new PullReader(stream);
  await reader.fill(SNIFF_LENGTH);
  const compression = sniffCompression(reader.buffered);
  if (compression === 'gzip') return gzipFingerprint(rest(reader), options);
  if (compression === 'zstd') return zstdFingerprint(rest(reader), options);
  await reader.close();
  const isPlain = compression === 'none';
  return {
    compression,
    producer: isPlain ? 'none' : 'unknown',
    confidence: isPlain ? 'certain' : 'guess',
    level: undefined,
    complete: false,
    evidence: [],
    candidates: [],
  };
};
