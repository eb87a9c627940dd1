import type { GzipTrait } from './gzip-traits.js';
import { NEVER, type Profile } from './producer.js';

/** What Huffman codes written by zlib and its relatives never have. */
const NOT_ZLIB = { loneDistance: NEVER, joinedRuns: NEVER, farReach: NEVER, empty: NEVER } as const;

/** What the encoder of GNU gzip, which BusyBox took over, shows. */
const GNU = {
  ...NOT_ZLIB,
  endsInData: 1,
  endUnread: 1,
  endsEmptyStored: NEVER,
  endsEmptyFixed: NEVER,
  osUnix: 1,
  osUnknown: NEVER,
  length3: 1,
  zlibReach: 1,
  cut32768: 6,
  tokens32767: 4,
  tokens16384: NEVER,
  otherTokens: NEVER,
  flushedFixed: NEVER,
  flushedStored: NEVER,
  manyMembers: -2,
} as const;

/** zlib and what it shares its encoder with. */
export const ZLIB_PROFILES: readonly Profile<GzipTrait>[] = [
  {
    producer: 'zlib',
    has: {
      ...NOT_ZLIB,
      endsInData: 1,
      endUnread: 1,
      tokens16383: 6,
      tokens8191: 3,
      tokens32767: 3,
      length3: 2,
      fastest: 1,
      best: 1,
      zlibReach: 1,
      osUnix: 1,
      osUnknown: 1,
      flushedFixed: -6,
      flushed128K: -4,
      endsEmptyStored: NEVER,
      tokens16384: NEVER,
      cut32768: NEVER,
      cut16384: NEVER,
      cut8192: NEVER,
      otherTokens: NEVER,
      manyMembers: -2,
    },
  },
  {
    producer: 'pigz',
    has: {
      ...NOT_ZLIB,
      endsInData: 1,
      endUnread: 1,
      flushed128K: 3,
      flushedFixed: 4,
      tokens16383: 2,
      length3: 1,
      zlibReach: 1,
      osUnix: 2,
      osUnknown: NEVER,
      endsEmptyStored: NEVER,
      endsEmptyFixed: NEVER,
      tokens16384: NEVER,
      flushedAtEnd: -2,
    },
    lacks: { flushed128K: -4 },
  },
  {
    producer: 'gnu-gzip',
    has: {
      ...GNU,
      named: 2,
      best: 2,
      fastest: 2,
      tokens16383: NEVER,
      tokens8191: NEVER,
      cut16384: NEVER,
      cut8192: NEVER,
    },
    lacks: { timeNone: 1 },
  },
  {
    producer: 'busybox',
    has: {
      ...GNU,
      cut32768: 3,
      tokens32767: 1,
      cut16384: 8,
      cut8192: 8,
      tokens8191: 3,
      tokens16383: 1,
      named: NEVER,
      best: NEVER,
      fastest: NEVER,
    },
    lacks: { timeNone: NEVER },
  },
];
