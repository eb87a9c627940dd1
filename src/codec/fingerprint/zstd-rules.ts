import { NEVER, type Profile, type Trait } from './producer.js';
import type { ZstdFacts } from './zstd-facts.js';

const MIB = 1024 * 1024;
/** Compressed blocks that say something about those that are not there. */
const ENOUGH_BLOCKS = 32;
/** Bytes by which tools of containers/image know a compressed stream; they pass them on in a write of their own. */
const SNIFFED = 8;
/** The end of the footer behind the table of contents of zstd:chunked; early tools wrote a small n. */
const FOOTER = /^G[Nn]UlInUx$/;

const trait = (says: string, test: (facts: ZstdFacts) => boolean): Trait<ZstdFacts> => ({ says, test });

const hasFooter = ({ lastSkippable }: ZstdFacts): boolean =>
  lastSkippable.some(({ tail }) => FOOTER.test(Buffer.from(tail).toString('latin1')));

/** Windows that klauspost's encoder has by level, beyond which it never goes without being told. */
const isKlauspostWindow = (bytes: number): boolean => [4, 8, 16, 32].some((size) => bytes === size * MIB);

export type ZstdTrait =
  | 'chunkedFooter'
  | 'manyFrames'
  | 'oneFrame'
  | 'checksums'
  | 'sized'
  | 'unsized'
  | 'singleSegment'
  | 'klauspostWindow'
  | 'tinyWindow'
  | 'otherWindow'
  | 'dictionary'
  | 'rawHead'
  | 'rle'
  | 'treeless'
  | 'noTreeless'
  | 'pzstd';

/** What a zstd stream can show. The order is that of the evidence. */
export const ZSTD_TRAITS: Readonly<Record<ZstdTrait, Trait<ZstdFacts>>> = {
  chunkedFooter: trait('a skippable frame is the footer of zstd:chunked', hasFooter),
  manyFrames: trait('many frames', ({ frames }) => frames > 2),
  oneFrame: trait('one frame', ({ frames }) => frames === 1),
  checksums: trait('every frame has a checksum', ({ frames, checksums }) => checksums === frames && frames > 0),
  sized: trait('the frame states its size', ({ frames, sized }) => frames === 1 && sized === 1),
  unsized: trait('no frame states its size', ({ sized }) => sized === 0),
  singleSegment: trait(
    'the frame is in one segment',
    ({ frames, singleSegments }) => frames === 1 && singleSegments === 1,
  ),
  klauspostWindow: trait('the window is 4, 8, 16 or 32 MiB', ({ maxWindow }) => isKlauspostWindow(maxWindow)),
  tinyWindow: trait('the window is 1 KiB', ({ maxWindow }) => maxWindow === 1024),
  otherWindow: trait(
    'the window is one that only libzstd has',
    ({ frames, maxWindow }) => frames === 1 && maxWindow > 1024 && !isKlauspostWindow(maxWindow),
  ),
  dictionary: trait('a frame needs a dictionary', ({ hasDictionary }) => hasDictionary),
  rawHead: trait('the first block is raw and has eight bytes', ({ rawHead }) => rawHead === SNIFFED),
  rle: trait('there are RLE blocks', ({ rle }) => rle > 0),
  treeless: trait('blocks use the literal codes of earlier ones', ({ treeless }) => treeless > 0),
  noTreeless: trait(
    'no block uses the literal codes of an earlier one',
    ({ treeless, compressed }) => treeless === 0 && compressed >= ENOUGH_BLOCKS,
  ),
  pzstd: trait('skippable frames stand before data', ({ skippable, frames }) => skippable > 0 && skippable >= frames),
};

/** Weights of traits for each producer of zstd streams. */
export const ZSTD_PROFILES: readonly Profile<ZstdTrait>[] = [
  {
    producer: 'zstd-chunked',
    has: { chunkedFooter: 14, manyFrames: 2, checksums: 1, rle: -2, treeless: -2 },
    lacks: { manyFrames: NEVER },
  },
  {
    producer: 'zstd-klauspost',
    has: {
      oneFrame: 1,
      checksums: 1,
      unsized: 1,
      klauspostWindow: 3,
      tinyWindow: 2,
      rawHead: 4,
      noTreeless: 3,
      otherWindow: -4,
      rle: NEVER,
      treeless: -6,
      dictionary: -4,
      chunkedFooter: NEVER,
      pzstd: NEVER,
    },
    lacks: { checksums: -4 },
  },
  {
    producer: 'zstd-libzstd',
    has: {
      oneFrame: 1,
      sized: 1,
      otherWindow: 5,
      singleSegment: 1,
      rle: 6,
      treeless: 6,
      dictionary: 1,
      noTreeless: -3,
      tinyWindow: NEVER,
      rawHead: NEVER,
      chunkedFooter: NEVER,
    },
    lacks: { checksums: 4 },
  },
];
