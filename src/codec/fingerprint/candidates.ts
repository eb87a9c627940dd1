import type { GzipFacts } from './gzip-facts.js';
import type { Producer, Verdict } from './producer.js';

/** Ids of pinned codecs. */
export type Candidates = readonly string[];

/** Levels worth trying: XFL tells the two ends, and between them 6 is everybody's default. */
const levelsOf = ({ header }: GzipFacts): readonly number[] =>
  header.extraFlags === 2 ? [9] : header.extraFlags === 4 ? [1] : [6, 5, 7, 8, 4, 3, 2];

/** zlib's own header, and those of Java, which has the same bytes behind them. */
const zlibIds = (facts: GzipFacts): Candidates => {
  const { os, extraFlags } = facts.header;
  if ((os === 255 || os === 0) && extraFlags === 0) return [`zlib-1.3/6+os${os}`];
  return levelsOf(facts).map((level) => `zlib-1.3/${level}`);
};

const goIds = (facts: GzipFacts): Candidates => levelsOf(facts).map((level) => `go-flate-1.26/${level}`);
const gnuIds = (facts: GzipFacts): Candidates => levelsOf(facts).map((level) => `gnu-gzip-1/${level}`);
const busyboxIds = (): Candidates => ['busybox-gzip/6'];
const fflateIds = (facts: GzipFacts): Candidates =>
  levelsOf(facts)
    .slice(0, 1)
    .map((level) => `fflate-0.8/${level}`);
const pgzipIds = (): Candidates => ['pgzip-1.2/5', 'pgzip-1.2/6'];

/** Everything that the header does not rule out. */
const anyIds = (facts: GzipFacts): Candidates =>
  facts.header.os === 255
    ? [...goIds(facts), ...zlibIds(facts)]
    : [...zlibIds(facts), ...gnuIds(facts), ...busyboxIds(), ...fflateIds(facts)];

const IDS: Readonly<Record<Producer, (facts: GzipFacts) => Candidates>> = {
  'go-flate': goIds,
  'go-flate-level-1': () => ['go-flate-1.26/1'],
  'go-1.27': () => [],
  pgzip: pgzipIds,
  zlib: zlibIds,
  pigz: () => [],
  'gnu-gzip': (facts) => (facts.header.extraFlags === 0 ? [...gnuIds(facts), ...busyboxIds()] : gnuIds(facts)),
  busybox: (facts) => [...busyboxIds(), ...gnuIds(facts)],
  estargz: () => [],
  'zstd-klauspost': () => [],
  'zstd-libzstd': () => [],
  'zstd-chunked': () => [],
  stored: anyIds,
  unknown: anyIds,
  none: () => [],
};

/** Codecs that could have made the bytes, best first. A guess is followed by all that is not ruled out. */
export const gzipCandidates = ({ producer, confidence }: Verdict, facts: GzipFacts): Candidates => {
  const own = IDS[producer](facts);
  if (confidence !== 'guess') return own;
  return [...new Set([...own, ...anyIds(facts)])];
};
