import { ToolError } from '../../base/error.js';
import type { DecoderContext } from '../decoder.js';
import type { PullReader } from '../pull-reader.js';

const FLAG_HEADER_CRC = 0x02;
const FLAG_EXTRA = 0x04;
const FLAG_NAME = 0x08;
const FLAG_COMMENT = 0x10;
const FLAGS_RESERVED = 0xe0;
/** Bytes of a name or comment that are looked at; what is longer is damaged or hostile. */
const MAX_TEXT = 64 * 1024;

/** @see {@link https://www.rfc-editor.org/rfc/rfc1952#section-2.3} */
export interface GzipHeader {
  /** FLG as it stands. */
  readonly flags: number;
  /** Seconds since 1970, as it stands; 0: not said. */
  readonly mtime: number;
  /** XFL: by custom 2 for the best level, 4 for the fastest, 0 for all others. */
  readonly extraFlags: number;
  /** 0 FAT, 3 Unix, 10 and 11 Windows, 19 macOS, 255 not said. */
  readonly os: number;
  /** FEXTRA, without its length. */
  readonly extra?: Uint8Array;
  /** FNAME in ISO 8859-1, without the NUL. */
  readonly name?: string;
  /** FCOMMENT in ISO 8859-1, without the NUL. */
  readonly comment?: string;
}

export interface GzipTrailer {
  readonly crc32: number;
  /** Plain bytes, modulo 2^32. */
  readonly size: number;
}

const corrupt = (what: string, reader: PullReader, context: DecoderContext, found: string): ToolError =>
  new ToolError('GZIP_CORRUPT', what, { subject: context.subject, offset: reader.offset, found });

const need = async (reader: PullReader, count: number, context: DecoderContext): Promise<Uint8Array> => {
  if (await reader.fill(count)) return reader.buffered;
  throw corrupt('gzip stream is cut', reader, context, 'the end of the stream');
};

const take = async (reader: PullReader, count: number, context: DecoderContext): Promise<Uint8Array> => {
  // A copy; the slice of a Buffer would be none.
  const bytes = new Uint8Array((await need(reader, count, context)).subarray(0, count));
  reader.skip(count);
  return bytes;
};

const takeText = async (reader: PullReader, context: DecoderContext): Promise<string> => {
  for (let wanted = 1; wanted <= MAX_TEXT;) {
    const end = (await need(reader, wanted, context)).indexOf(0);
    if (end >= 0) return Buffer.from((await take(reader, end + 1, context)).subarray(0, end)).toString('latin1');
    wanted = reader.buffered.length + 1;
  }
  throw corrupt('a text of the gzip header has no end', reader, context, `more than ${MAX_TEXT} bytes`);
};

const takeExtra = async (reader: PullReader, context: DecoderContext): Promise<Uint8Array> => {
  const [low = 0, high = 0] = await take(reader, 2, context);
  return take(reader, low + high * 256, context);
};

/**
 * The header of a member; the reader then stands at the deflate data. Its checksum, if it has one, is passed over.
 * @throws {ToolError} GZIP_CORRUPT
 */
export const readGzipHeader = async (reader: PullReader, context: DecoderContext): Promise<GzipHeader> => {
  const [id1 = 0, id2 = 0, method = 0, flags = 0] = await need(reader, 10, context);
  if (id1 !== 0x1f || id2 !== 0x8b || method !== 8) throw corrupt('not a gzip header', reader, context, 'other bytes');
  if ((flags & FLAGS_RESERVED) !== 0) throw corrupt('reserved flags in the gzip header', reader, context, `${flags}`);
  const fixed = await take(reader, 10, context);
  const mtime = new DataView(fixed.buffer).getUint32(4, true);
  const [extraFlags = 0, os = 0] = fixed.subarray(8);
  const extra = (flags & FLAG_EXTRA) === 0 ? undefined : await takeExtra(reader, context);
  const name = (flags & FLAG_NAME) === 0 ? undefined : await takeText(reader, context);
  const comment = (flags & FLAG_COMMENT) === 0 ? undefined : await takeText(reader, context);
  if ((flags & FLAG_HEADER_CRC) !== 0) await take(reader, 2, context);
  return {
    flags,
    mtime,
    extraFlags,
    os,
    ...(extra === undefined ? {} : { extra }),
    ...(name === undefined ? {} : { name }),
    ...(comment === undefined ? {} : { comment }),
  };
};

/**
 * The trailer of a member. What it says is not held against the data, whose bytes nobody knows here.
 * @throws {ToolError} GZIP_CORRUPT
 */
export const readGzipTrailer = async (reader: PullReader, context: DecoderContext): Promise<GzipTrailer> => {
  const bytes = await take(reader, 8, context);
  const view = new DataView(bytes.buffer);
  return { crc32: view.getUint32(0, true), size: view.getUint32(4, true) };
};
