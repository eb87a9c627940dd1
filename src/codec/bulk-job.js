import { readSync, writeSync } from 'node:fs';
import { ToolError, fromSystemError } from '../base/error.js';
import { startHash } from '../base/hash.js';
import { CHUNK_SIZE } from '../base/limits.js';
/** Memory for the chunks of one thread. */
export const bulkBuffer = () => new Uint8Array(CHUNK_SIZE);
/**
 * Fills the buffer from a place in the job's extent.
 * @returns the bytes that were read: the buffer's length, or what is left of the extent
 * @throws {ToolError} FILE_CHANGED if the file ends before the extent does, IO
 */
export const readExtent = (job, at, buffer) => {
    const { fd, offset, length } = job.extent;
    const wanted = Math.min(buffer.length, length - at);
    let filled = 0;
    while (filled < wanted) {
        let count;
        try {
            count = readSync(fd, buffer, filled, wanted - filled, offset + at + filled);
        }
        catch (error) {
            throw fromSystemError(error, 'reading failed', job.subject);
        }
        if (count === 0) {
            throw new ToolError('FILE_CHANGED', 'the file became shorter while it was read', {
                subject: job.subject,
                offset: offset + at + filled,
                expected: `${offset + length} bytes`,
                found: `${offset + at + filled}`,
                hint: 'let nothing write to the file while it is in use',
            });
        }
        filled += count;
    }
    return wanted;
};
/**
 * Writes all of a chunk at a place in an open file.
 * @throws {ToolError} NO_SPACE, IO
 */
export const writeAt = (subject, fd, chunk, position) => {
    let written = 0;
    try {
        while (written < chunk.length) {
            written += writeSync(fd, chunk, written, chunk.length - written, position + written);
        }
    }
    catch (error) {
        throw fromSystemError(error, 'writing failed', subject);
    }
};
const expectHex = (code, what, subject, expected, found) => {
    if (expected !== undefined && expected !== found)
        throw new ToolError(code, what, { subject, expected, found });
};
/**
 * The hex of a job's stored bytes, held against the expectation.
 * @throws {ToolError} DIGEST_MISMATCH
 */
export const finishRaw = (job, hash) => {
    const hex = hash.hex();
    expectHex('DIGEST_MISMATCH', `the bytes do not have this ${job.algorithm}`, job.subject, job.expected, hex);
    return hex;
};
const finishInner = (job, hex, size) => {
    const what = `the decompressed bytes do not have this ${job.innerAlgorithm ?? job.algorithm}`;
    expectHex('DIFFID_MISMATCH', what, job.subject, job.expectedInner, hex);
    return { hex, size };
};
/** Whether one hash over the stored bytes is all that a job asks for. */
export const isPlainJob = ({ compression, codec, algorithm, innerAlgorithm }) => codec === undefined &&
    (compression === undefined || (compression === 'none' && (innerAlgorithm ?? algorithm) === algorithm));
/**
 * The result of a plain job whose bytes were all hashed.
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH
 */
export const finishPlain = (job, hash) => {
    const hex = finishRaw(job, hash);
    return job.compression === undefined ? { hex } : { hex, inner: finishInner(job, hex, job.extent.length) };
};
const runPlain = async (job, lane) => {
    const hash = startHash(job.algorithm);
    for (let at = 0; at < job.extent.length;) {
        const count = readExtent(job, at, lane.buffer);
        const chunk = lane.buffer.subarray(0, count);
        hash.update(chunk);
        if (job.target !== undefined)
            writeAt(job.subject, job.target.fd, chunk, job.target.offset + at);
        at += count;
        const pause = lane.advance(count);
        if (pause !== undefined)
            await pause;
    }
    return finishPlain(job, hash);
};
/** The stored bytes, hashed and copied as they pass. */
async function* tapRaw(job, lane, progress) {
    while (progress.at < job.extent.length) {
        // Decompressors may keep a chunk for a while, so each gets memory of its own.
        const chunk = new Uint8Array(Math.min(CHUNK_SIZE, job.extent.length - progress.at));
        readExtent(job, progress.at, chunk);
        progress.hash.update(chunk);
        if (job.target?.content === 'raw')
            writeAt(job.subject, job.target.fd, chunk, job.target.offset + progress.at);
        progress.at += chunk.length;
        yield chunk;
        const pause = lane.advance(chunk.length);
        if (pause !== undefined)
            await pause;
    }
}
// Loaded when needed: most archives hold layers that stay as they are.
const transformed = async (job, raw, limits) => {
    if (job.codec !== undefined)
        return (await import('./pinned/codec.js')).pinnedCodec(job.codec).compress(raw);
    const { decompress } = await import('./compression.js');
    return decompress(raw, job.compression ?? 'none', { subject: job.subject, limits });
};
/**
 * Runs the stored bytes of a job through its codec or decoder. `raw` gives them once, hashed by `rawHash` as they pass.
 * @throws {ToolError} as {@link runJob}
 */
export const runTransform = async (job, raw, rawHash, limits) => {
    const inner = startHash(job.innerAlgorithm ?? job.algorithm);
    let size = 0;
    try {
        for await (const chunk of await transformed(job, raw(), limits)) {
            if (size + chunk.length > (job.atMost ?? Number.POSITIVE_INFINITY))
                return { hex: '', gaveUp: true };
            inner.update(chunk);
            if (job.target?.content === 'inner')
                writeAt(job.subject, job.target.fd, chunk, job.target.offset + size);
            size += chunk.length;
        }
    }
    catch (error) {
        // Bytes that are not the expected ones are the better answer than what is wrong inside them.
        if (job.expected !== undefined && error instanceof ToolError && error.class === 'input') {
            for await (const _ of raw())
                ;
            finishRaw(job, rawHash);
        }
        throw error;
    }
    const hex = finishRaw(job, rawHash);
    return { hex, inner: finishInner(job, inner.hex(), size) };
};
const runCompressed = (job, lane) => {
    const progress = { hash: startHash(job.algorithm), at: 0 };
    return runTransform(job, () => tapRaw(job, lane, progress), progress.hash, lane.limits);
};
/**
 * Does one job on this thread.
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH, FILE_CHANGED, NO_SPACE, IO, and what decompression throws
 */
export const runJob = (job, lane) => isPlainJob(job) ? runPlain(job, lane) : runCompressed(job, lane);
