import { ToolError } from '../../base/error.js';
import type { DecoderContext } from '../decoder.js';
import type { PullReader } from '../pull-reader.js';
import { DeflateFacts } from './deflate-facts.js';
import { DeflateWalker } from './deflate-walker.js';
import { MAX_BLOCK_HEADER } from './deflate-header.js';

/** Compressed bytes that are walked in one go; keeps bit positions small. */
const PIECE = 256 * 1024;
/** Bytes that a step wants to see behind the place where it may stop. */
const SLACK = MAX_BLOCK_HEADER;

export interface WalkBudget {
  /** Bytes of input and of output, each, after which the walk ends early, at the end of a token. */
  readonly bytes: number;
}

/**
 * Reads one deflate stream for what it tells about its encoder, without the bytes it stands for. The reader stands
 * behind it at the end; if the budget ran out before (`complete` is false), somewhere inside.
 * @throws {ToolError} GZIP_CORRUPT
 * @see {@link https://www.rfc-editor.org/rfc/rfc1951}
 */
export const walkDeflate = async (
  reader: PullReader,
  budget: WalkBudget,
  context: DecoderContext,
): Promise<DeflateFacts> => {
  const facts = new DeflateFacts();
  const walker = new DeflateWalker(facts, budget.bytes);
  const fail = (what: string, found: string): ToolError =>
    new ToolError('GZIP_CORRUPT', what, { subject: context.subject, offset: reader.offset, found });
  while (!walker.done) {
    const isInside = await reader.fill(SLACK * 2);
    const piece = reader.buffered.subarray(0, PIECE);
    // At the end of the stream zeros stand in for what a step wants to see; using them means that data are missing.
    const input = isInside ? piece : new Uint8Array(piece.length + SLACK * 2);
    if (!isInside) input.set(piece);
    const result = walker.step(input, input.length - SLACK);
    if (typeof result === 'string') throw fail('deflate data are damaged', result);
    if (result > piece.length) throw fail('gzip stream is cut', 'the end of the stream');
    reader.skip(result);
    facts.bytesIn += result;
  }
  return facts;
};
