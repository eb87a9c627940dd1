import type { ByteStream } from '../../base/bytes.js';
import { ToolError } from '../../base/error.js';
import type { DecoderContext } from '../decoder.js';
import { PullReader } from '../pull-reader.js';
import type { DeflateFacts } from './deflate-facts.js';
import { walkDeflate } from './deflate-walk.js';
import { type GzipHeader, type GzipTrailer, readGzipHeader, readGzipTrailer } from './gzip-member.js';

/** Bytes of input, and of output, that are looked at by default: enough for hundreds of blocks of any encoder. */
export const WALK_BYTES: number = 64 * 1024 * 1024;

export interface GzipFacts {
  /** Whether every member was read. */
  readonly complete: boolean;
  /** Members that were begun. */
  readonly members: number;
  /** The first member's. */
  readonly header: GzipHeader;
  /** The last member's FEXTRA, if it has one. */
  readonly lastExtra: Uint8Array | undefined;
  /** The member that stands for the most bytes. */
  readonly deflate: DeflateFacts;
  /** The last member's; undefined if the walk did not get there. */
  readonly trailer: GzipTrailer | undefined;
}

/**
 * What a gzip stream tells about its producer. Stops early, with `complete` false, after so many bytes; the stream is
 * ended in any case. Zeros or other bytes behind the last member are not looked at.
 * @throws {ToolError} GZIP_CORRUPT, LIMIT_GZIP_MEMBERS
 */
export const readGzipFacts = async (
  stream: ByteStream,
  context: DecoderContext,
  bytes: number = WALK_BYTES,
): Promise<GzipFacts> => {
  const reader = new PullReader(stream);
  try {
    const first = await readGzipHeader(reader, context);
    let header = first;
    let main: DeflateFacts | undefined;
    let left = bytes;
    for (let members = 1; ; members += 1) {
      if (members > context.limits.gzipMembers) {
        throw new ToolError('LIMIT_GZIP_MEMBERS', 'too many gzip members', {
          subject: context.subject,
          expected: `at most ${context.limits.gzipMembers}`,
          found: 'more',
        });
      }
      const facts = await walkDeflate(reader, { bytes: left }, context);
      main = main === undefined || facts.bytesOut > main.bytesOut ? facts : main;
      left -= Math.max(facts.bytesIn, facts.bytesOut, 1);
      const shared = { members, header: first, lastExtra: header.extra, deflate: main };
      if (!facts.complete) return { ...shared, complete: false, trailer: undefined };
      const trailer = await readGzipTrailer(reader, context);
      const [id1, id2] = (await reader.fill(2)) ? reader.buffered : [];
      if (id1 !== 0x1f || id2 !== 0x8b) return { ...shared, complete: true, trailer };
      if (left <= 0) return { ...shared, complete: false, trailer: undefined };
      header = await readGzipHeader(reader, context);
    }
  } finally {
    await reader.close();
  }
};
