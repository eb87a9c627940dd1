import { createInflateRaw, inflateRawSync } from 'node:zlib';
import { ToolError } from '../base/error.js';
import { CHUNK_SIZE } from '../base/limits.js';
/** Compressed bytes that are tried in one piece, and the plain bytes that may come of them. */
const PIECE = 64 * 1024;
const PIECE_OUTPUT = 1024 * 1024;
const systemCode = (error) => error instanceof Error ? error.code : undefined;
const damaged = (context, offset, cause) => new ToolError('GZIP_CORRUPT', 'deflate data are damaged', {
    subject: context.subject,
    offset,
    found: cause instanceof Error ? cause.message : String(cause),
    cause,
});
const cut = (context, offset) => new ToolError('GZIP_CORRUPT', 'gzip stream is cut', {
    subject: context.subject,
    offset,
    found: 'the end of the stream',
});
/**
 * The whole of one deflate stream, if it is small; the reader then stands behind it. Undefined, with nothing taken,
 * if it is not.
 * @throws {ToolError} GZIP_CORRUPT
 */
export const inflateBuffered = async (reader, context) => {
    await reader.fill(PIECE);
    try {
        // With `info` the result tells how much input was used; the type declarations do not know that.
        const result = inflateRawSync(reader.buffered.subarray(0, PIECE), {
            info: true,
            chunkSize: PIECE,
            maxOutputLength: PIECE_OUTPUT,
        });
        if (result.engine === undefined)
            return undefined;
        reader.skip(result.engine.bytesWritten);
        return result.buffer;
    }
    catch (error) {
        const code = systemCode(error);
        if (code === 'Z_BUF_ERROR' || code === 'ERR_BUFFER_TOO_LARGE')
            return undefined;
        throw damaged(context, reader.offset, error);
    }
};
/**
 * One deflate stream of any size; the reader stands behind it at the end. zlib works in a thread of the pool while
 * the consumer has the last chunk, and never more than one chunk ahead.
 * @throws {ToolError} GZIP_CORRUPT
 */
export async function* inflateStreamed(reader, context) {
    const start = reader.offset;
    const engine = createInflateRaw({ chunkSize: CHUNK_SIZE });
    let failure;
    let wake = () => { };
    const fail = (error) => {
        failure ??= error;
        wake();
    };
    engine.on('error', fail);
    engine.on('readable', () => wake());
    const state = { now: 'idle' };
    try {
        for (;;) {
            if (failure !== undefined)
                throw damaged(context, start, failure);
            const chunk = engine.read();
            if (chunk !== null) {
                yield chunk;
            }
            else if (state.now === 'finished') {
                return;
            }
            else if (state.now === 'busy') {
                await new Promise((resolve) => {
                    wake = resolve;
                });
            }
            else {
                if (!(await reader.fill(1)))
                    throw cut(context, reader.offset);
                const piece = reader.buffered;
                const before = engine.bytesWritten;
                state.now = 'busy';
                engine.write(piece, (error) => {
                    if (error instanceof Error)
                        return fail(error);
                    // zlib leaves input untouched only when the deflate stream is over.
                    const used = engine.bytesWritten - before;
                    reader.skip(used);
                    state.now = used < piece.length ? 'finished' : 'idle';
                    wake();
                });
            }
        }
    }
    finally {
        engine.destroy();
    }
}
