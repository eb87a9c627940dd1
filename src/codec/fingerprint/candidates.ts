import type { GzipFacts } from './gzip-facts.js';
import type { Producer, Verdict } from './producer.js';

/** Ids of pinned codecs. */
export type Candidates = readonly string[];

/** Levels worth trying: XFL tells the two ends, and between them 6 is everybody's default. */
const levelsOf = ({ header }: GzipFacts): readonly number[] =>
  header.extraFlags === 2 ? [9] : header.extraFlags === 4 ? [1] : [6, 5, 7, 8, 4, 3, 2];

const atLevels =
  (family: string) =>
  (facts: GzipFacts): Candidates =>
    levelsOf(facts).map((level) => `${family}/${level}`);

const goIds = atLevels('go-flate-1.26');
const gnuIds = atLevels('gnu-gzip-1');
const pigzIds = atLevels('pigz-2');

/** Blocks as large as only a buffer of so many tokens allows. */
const hasFull = ({ deflate }: GzipFacts, size: number): boolean => deflate.innerTokens.count(size - 1) > 0;

/** zlib's own header, with more memory where the blocks show it, and those of Java, which has the same bytes behind them. */
const zlibIds = (facts: GzipFacts): Candidates => {
  const { os, extraFlags } = facts.header;
  if ((os === 255 || os === 0) && extraFlags === 0) return [`zlib-1.3/6+os${os}`];
  const plain = atLevels('zlib-1.3')(facts);
  const large = levelsOf(facts)
    .filter((level) => level === 6 || level === 9)
    .map((level) => `zlib-1.3/${level}+mem9`);
  return hasFull(facts, 32_768) ? [...large, ...plain] : plain;
};

/** Of BusyBox's three buffers the one that was full first; where none was, the default. */
const busyboxIds = (facts: GzipFacts): Candidates => {
  const sizes = [
    { size: 8192, id: 'busybox-gzip/6' },
    { size: 16_384, id: 'busybox-gzip/6+medium' },
    { size: 32_768, id: 'busybox-gzip/6+big' },
  ];
  const rank = (size: number): number => (hasFull(facts, size) ? 0 : 1);
  return sizes.toSorted((a, b) => rank(a.size) - rank(b.size)).map(({ id }) => id);
};

/** BusyBox after the likeliest of others: where none of its blocks was cut short, it shows nothing of its own. */
const withBusybox = (ids: Candidates, facts: GzipFacts): Candidates => {
  const { os, extraFlags } = facts.header;
  return os === 3 && extraFlags === 0 ? [...ids.slice(0, 1), ...busyboxIds(facts), ...ids.slice(1)] : ids;
};

const fflateIds = (facts: GzipFacts): Candidates => atLevels('fflate-0.8')(facts).slice(0, 1);

/** The segment shows in the flushes, if there is more than one; the version does not. */
const pgzipIds = ({ deflate }: GzipFacts): Candidates => {
  const suffixes = deflate.flushSpacing.max === 256 * 1024 ? ['+256k', ''] : ['', '+256k'];
  return suffixes.flatMap((suffix) => [`pgzip-1.20/5${suffix}`, `pgzip-1.15/5${suffix}`]);
};

/** Everything that the header does not rule out, what is likeliest of each family first. */
const anyIds = (facts: GzipFacts): Candidates => {
  const families: readonly Candidates[] =
    facts.header.os === 255
      ? [goIds(facts), zlibIds(facts)]
      : [zlibIds(facts), gnuIds(facts), busyboxIds(facts), fflateIds(facts), pigzIds(facts)];
  return [...new Set([...families.flatMap((ids) => ids.slice(0, 1)), ...families.flat()])];
};

const IDS: Readonly<Record<Producer, (facts: GzipFacts) => Candidates>> = {
  'go-flate': goIds,
  'go-flate-level-1': () => ['go-flate-1.26/1'],
  'go-1.27': () => [],
  pgzip: pgzipIds,
  zlib: (facts) => withBusybox(zlibIds(facts), facts),
  pigz: pigzIds,
  'gnu-gzip': (facts) => withBusybox(gnuIds(facts), facts),
  busybox: (facts) => [...busyboxIds(facts), ...gnuIds(facts)],
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
