import type { ByteStream } from '../../base/bytes.js';
import { ToolError } from '../../base/error.js';
import type { DeflateEncoder } from './deflate-encoder.js';
import { type GzipHeader, gzipStream } from './gzip-stream.js';
import { BUSYBOX_GZIP, GNU_GZIP, ZLIB, ZLIB_MEMORY_9, type ZipDialect } from './zip-level.js';

/**
 * A compressor whose bytes never change: they depend on the input and on the id alone, not on how the input is cut
 * into chunks, on the platform, the version of Node or the number of threads.
 */
export interface PinnedCodec {
  /** Family, version and level, and how the header differs from the family's own: `zlib-1.3/6+os255`. */
  readonly id: string;
  readonly compression: 'gzip' | 'zstd';
  /** One gzip member, or zstd frames, of the whole stream. Pull only; an error of the input passes unchanged. */
  compress(stream: ByteStream): ByteStream;
}

interface GzipRecipe {
  readonly compression: 'gzip';
  readonly header: GzipHeader;
  /** Loads the encoder's code and starts one: only what is used is loaded. */
  start(): Promise<DeflateEncoder>;
}

interface ZstdRecipe {
  readonly compression: 'zstd';
  readonly level: number;
}

type Recipe = GzipRecipe | ZstdRecipe;

/** XFL as most encoders set it. */
const extraFlagsOf = (level: number): number => (level === 9 ? 2 : level === 1 ? 4 : 0);

/** Go's compress/gzip. */
const goRecipe = (level: number): GzipRecipe => ({
  compression: 'gzip',
  header: { mtime: 0, extraFlags: extraFlagsOf(level), os: 255 },
  start: async () =>
    level === 1 ? new (await import('./go-speed.js')).GoSpeed() : (await import('./go-flate.js')).goFlate(level),
});

const zipRecipe = (level: number, dialect: ZipDialect, header: Partial<GzipHeader> = {}): GzipRecipe => ({
  compression: 'gzip',
  header: { mtime: 0, extraFlags: extraFlagsOf(level), os: 3, ...header },
  start: async () => (await import('./zip-flate.js')).zipFlate(level, dialect),
});

const pigzRecipe = (level: number): GzipRecipe => ({
  compression: 'gzip',
  header: { mtime: 0, extraFlags: extraFlagsOf(level), os: 3 },
  start: async () => (await import('./pigz-flate.js')).pigzFlate(level),
});

/** The zero time of Go, cut to the 32 bits of the header. */
const GO_ZERO_TIME = 0x886e0900;

/** @param segment KiB that are compressed on their own */
const pgzipRecipe = (segment: number, isOpenEnded: boolean): GzipRecipe => ({
  compression: 'gzip',
  header: { mtime: GO_ZERO_TIME, extraFlags: 0, os: 255 },
  start: async () => (await import('./pgzip-flate.js')).pgzipFlate(segment * 1024, { isOpenEnded }),
});

const fflateRecipe = (level: 1 | 6 | 9): GzipRecipe => ({
  compression: 'gzip',
  header: { mtime: 0, extraFlags: extraFlagsOf(level), os: 3 },
  start: async () => (await import('./fflate-flate.js')).fflateFlate(level),
});

const zstdRecipe = (level: number): ZstdRecipe => ({ compression: 'zstd', level });

const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

const RECIPES: ReadonlyMap<string, Recipe> = new Map<string, Recipe>([
  ...LEVELS.map((level) => [`go-flate-1.26/${level}`, goRecipe(level)] as const),
  // zlib's own gzip format, as Python writes it on Unix.
  ...LEVELS.map((level) => [`zlib-1.3/${level}`, zipRecipe(level, ZLIB)] as const),
  ...[6, 9].map((level) => [`zlib-1.3/${level}+mem9`, zipRecipe(level, ZLIB_MEMORY_9)] as const),
  // Java's GZIPOutputStream is zlib in a header of its own: JDK 16 and later write OS 255, earlier ones 0.
  ...[0, 255].map((os) => [`zlib-1.3/6+os${os}`, zipRecipe(6, ZLIB, { os })] as const),
  // The version is that of klauspost/compress. Podman, skopeo and buildah leave the segment as it is, umoci does not.
  ['pgzip-1.15/5', pgzipRecipe(1024, true)],
  ['pgzip-1.15/5+256k', pgzipRecipe(256, true)],
  ['pgzip-1.20/5', pgzipRecipe(1024, false)],
  ['pgzip-1.20/5+256k', pgzipRecipe(256, false)],
  ...LEVELS.map((level) => [`pigz-2/${level}`, pigzRecipe(level)] as const),
  ...LEVELS.map((level) => [`gnu-gzip-1/${level}`, zipRecipe(level, GNU_GZIP)] as const),
  // BusyBox is built for one of three sizes of memory; small is the default.
  ['busybox-gzip/6', zipRecipe(6, BUSYBOX_GZIP.small)],
  ['busybox-gzip/6+medium', zipRecipe(6, BUSYBOX_GZIP.medium)],
  ['busybox-gzip/6+big', zipRecipe(6, BUSYBOX_GZIP.big)],
  ...([1, 6, 9] as const).map((level) => [`fflate-0.8/${level}`, fflateRecipe(level)] as const),
  // The version is that of the package: frames of 4 MiB of input, each by itself.
  ...[3, 9, 19].map((level) => [`zstd-wasm-0.0.27/${level}`, zstdRecipe(level)] as const),
]);

/** Every id that {@link pinnedCodec} knows. */
export const PINNED_CODEC_IDS: readonly string[] = [...RECIPES.keys()];

/** What is used where none is asked for: the bytes that docker, containerd and BuildKit pushed up to Go 1.26. */
export const DEFAULT_PINNED_CODEC = 'go-flate-1.26/6';

/**
 * The codec of an id.
 * @throws {ToolError} CODEC_UNKNOWN
 */
export const pinnedCodec = (id: string): PinnedCodec => {
  const recipe = RECIPES.get(id);
  if (recipe === undefined) {
    throw new ToolError('CODEC_UNKNOWN', 'no such codec', {
      subject: id,
      hint: `choose one of ${PINNED_CODEC_IDS.join(', ')}`,
    });
  }
  return {
    id,
    compression: recipe.compression,
    async *compress(stream): ByteStream {
      if (recipe.compression === 'gzip') yield* gzipStream(stream, await recipe.start(), recipe.header);
      else yield* (await import('./zstd-wasm.js')).zstdStream(stream, recipe.level);
    },
  };
};
