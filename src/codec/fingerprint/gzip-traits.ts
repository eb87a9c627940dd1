import type { DeflateFacts } from './deflate-facts.js';
import type { GzipFacts } from './gzip-facts.js';
import type { Trait } from './producer.js';

/** What Go's zero time, 1 January of the year 1, becomes in MTIME if nobody minds. */
const GO_ZERO_TIME = 0x886e0900;
/** Furthest that zlib and its relatives look back: a window less the longest match and what it needs beyond. */
const ZLIB_REACH = 32_506;
/** Tokens that zlib's relatives look at a block again for. */
const CHECK = 4096;
/** Matches that say something about those that are not there. */
const ENOUGH_MATCHES = 1000;
const KIB = 1024;

const deflateTrait = (says: string, test: (deflate: DeflateFacts) => boolean): Trait<GzipFacts> => ({
  says,
  test: ({ deflate }) => test(deflate),
});

const headerTrait = (says: string, test: (header: GzipFacts['header']) => boolean): Trait<GzipFacts> => ({
  says,
  test: ({ header }) => test(header),
});

/** Whether blocks that were full had one of some numbers of tokens each. There must have been such blocks. */
const full = (deflate: DeflateFacts, test: (tokens: number) => boolean): boolean =>
  deflate.innerTokens.total > 0 && deflate.innerTokens.every(test);

/** GNU gzip's rule, for a buffer of so many tokens: a block ends when it is full, or at a look at it that says so. */
const fullOrCut =
  (size: number) =>
  (tokens: number): boolean =>
    tokens === size - 1 || (tokens < size && tokens % CHECK === 0);

/** Whether some block ended at such a look; if all did, each at 16384, it was Go that ended them. */
const isCut = ({ innerTokens }: DeflateFacts): boolean =>
  innerTokens.only !== 16_384 && [1, 2, 3, 4, 5, 6, 7].some((n) => innerTokens.count(n * CHECK) > 0);

/** Whether flushes come after every `bytes`, but for the last one, which may come earlier. */
const flushedEvery = (bytes: number, deflate: DeflateFacts): boolean => {
  const { flushSpacing } = deflate;
  return (
    flushSpacing.count(bytes) > 0 && flushSpacing.count(bytes) >= flushSpacing.total - 1 && flushSpacing.max === bytes
  );
};

const hasFooter = ({ lastExtra }: GzipFacts): boolean =>
  lastExtra !== undefined && Buffer.from(lastExtra).toString('latin1').endsWith('STARGZ');

export type GzipTrait =
  | 'osUnknown'
  | 'osUnix'
  | 'timeNone'
  | 'timeGoZero'
  | 'named'
  | 'fastest'
  | 'best'
  | 'bare'
  | 'manyMembers'
  | 'stargzFooter'
  | 'endsInData'
  | 'endsEmptyStored'
  | 'endsEmptyFixed'
  | 'endUnread'
  | 'empty'
  | 'allStored'
  | 'tokens16384'
  | 'tokens16383'
  | 'tokens8191'
  | 'tokens32767'
  | 'cut32768'
  | 'cut16384'
  | 'cut8192'
  | 'otherTokens'
  | 'bytes65535'
  | 'bytesOther'
  | 'stored16384'
  | 'length3'
  | 'noLength3'
  | 'length4Far'
  | 'noLength4Far'
  | 'farReach'
  | 'zlibReach'
  | 'loneDistance'
  | 'joinedRuns'
  | 'flushedFixed'
  | 'flushedStored'
  | 'flushedAtEnd'
  | 'flushed1M'
  | 'flushed256K'
  | 'flushed128K';

/** What a gzip stream can show. The order is that of the evidence. */
export const GZIP_TRAITS: Readonly<Record<GzipTrait, Trait<GzipFacts>>> = {
  osUnknown: headerTrait('the header names no system', ({ os }) => os === 255),
  osUnix: headerTrait('the header names Unix', ({ os }) => os === 3),
  timeNone: headerTrait('the header has no time', ({ mtime }) => mtime === 0),
  timeGoZero: headerTrait("the header's time is the zero time of Go", ({ mtime }) => mtime === GO_ZERO_TIME),
  named: headerTrait('the header has a file name', ({ name }) => name !== undefined),
  fastest: headerTrait('the header says fastest', ({ extraFlags }) => extraFlags === 4),
  best: headerTrait('the header says best', ({ extraFlags }) => extraFlags === 2),
  bare: headerTrait('the header has no fields beyond the fixed ones', ({ flags }) => flags === 0),
  manyMembers: { says: 'there are many members', test: ({ members }) => members > 2 },
  stargzFooter: { says: 'the last member is the footer of eStargz', test: hasFooter },
  endsInData: deflateTrait('the last block has data', ({ final }) => final === 'data'),
  endsEmptyStored: deflateTrait('the last block is empty and stored', ({ final }) => final === 'empty-stored'),
  endsEmptyFixed: deflateTrait('the last block is empty and fixed', ({ final }) => final === 'empty-fixed'),
  endUnread: deflateTrait('the end was not read', ({ final }) => final === 'unread'),
  empty: deflateTrait('there are no data', ({ bytesOut }) => bytesOut === 0),
  allStored: deflateTrait(
    'all data are in stored blocks',
    ({ bytesOut, literals, matches }) => bytesOut > 0 && literals === 0 && matches === 0,
  ),
  tokens16384: deflateTrait('full blocks have 16384 tokens', (deflate) => full(deflate, (n) => n === 16_384)),
  tokens16383: deflateTrait('full blocks have 16383 tokens', (deflate) => full(deflate, (n) => n === 16_383)),
  tokens8191: deflateTrait('full blocks have 8191 tokens', (deflate) => full(deflate, (n) => n === 8191)),
  tokens32767: deflateTrait('full blocks have 32767 tokens', (deflate) => full(deflate, (n) => n === 32_767)),
  cut32768: deflateTrait(
    'full blocks have 32767 tokens or a multiple of 4096',
    (deflate) => isCut(deflate) && full(deflate, fullOrCut(32_768)),
  ),
  cut16384: deflateTrait(
    'full blocks have 16383 tokens or a multiple of 4096',
    (deflate) => isCut(deflate) && full(deflate, fullOrCut(16_384)) && deflate.innerTokens.count(16_383) > 0,
  ),
  cut8192: deflateTrait(
    'full blocks have 8191 tokens or 4096',
    (deflate) => isCut(deflate) && full(deflate, fullOrCut(8192)) && deflate.innerTokens.count(8191) > 0,
  ),
  otherTokens: deflateTrait(
    'full blocks have other numbers of tokens',
    (deflate) =>
      deflate.innerTokens.total > 0 &&
      ![16_384, 16_383, 8191].some((size) => full(deflate, (n) => n === size)) &&
      ![32_768, 16_384, 8192].some((size) => full(deflate, fullOrCut(size))),
  ),
  bytes65535: deflateTrait(
    'full blocks stand for 65535 bytes',
    ({ innerBytes }) => innerBytes.total > 0 && innerBytes.only === 65_535,
  ),
  bytesOther: deflateTrait(
    'full blocks stand for other numbers of bytes than 65535',
    ({ innerBytes }) => innerBytes.total > 0 && innerBytes.only !== 65_535,
  ),
  stored16384: deflateTrait(
    'stored blocks have 16384 bytes',
    ({ innerTokens, innerBytes }) => innerTokens.total === 0 && innerBytes.only === 16_384,
  ),
  length3: deflateTrait('there are matches of three bytes', ({ length3 }) => length3 > 0),
  noLength3: deflateTrait(
    'no match has three bytes',
    ({ length3, matches }) => length3 === 0 && matches >= ENOUGH_MATCHES,
  ),
  length4Far: deflateTrait('matches of four bytes reach beyond 4096', ({ length4Far }) => length4Far > 0),
  noLength4Far: deflateTrait(
    'no match of four bytes reaches beyond 4096',
    ({ length4Far, maxDistance, matches }) => length4Far === 0 && maxDistance > CHECK && matches >= ENOUGH_MATCHES,
  ),
  farReach: deflateTrait('matches reach beyond 32506', ({ maxDistance }) => maxDistance > ZLIB_REACH),
  zlibReach: deflateTrait(
    'no match reaches beyond 32506, and some nearly so far',
    ({ maxDistance }) => maxDistance <= ZLIB_REACH && maxDistance > 32_400,
  ),
  loneDistance: deflateTrait('a block has one distance code only', ({ loneDistance }) => loneDistance > 0),
  joinedRuns: deflateTrait('code lengths run from literals into distances', ({ joinedRuns }) => joinedRuns > 0),
  flushedFixed: deflateTrait('empty fixed blocks stand between', ({ flushesFixed }) => flushesFixed > 0),
  flushedStored: deflateTrait('empty stored blocks stand between', ({ flushesStored }) => flushesStored > 0),
  flushedAtEnd: deflateTrait(
    'the data end with a flush',
    ({ lastFlush, bytesOut }) => lastFlush === bytesOut && bytesOut > 0,
  ),
  flushed1M: deflateTrait('a flush after every 1 MiB', (deflate) => flushedEvery(1024 * KIB, deflate)),
  flushed256K: deflateTrait('a flush after every 256 KiB', (deflate) => flushedEvery(256 * KIB, deflate)),
  flushed128K: deflateTrait(
    'flushes at multiples of 128 KiB',
    ({ flushSpacing }) => flushSpacing.total > 0 && flushSpacing.every((bytes) => bytes % (128 * KIB) === 0),
  ),
};
