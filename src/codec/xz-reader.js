import { ToolError } from '../base/error.js';
import { PullReader } from './pull-reader.js';
/** A reader whose errors say where in which stream they are. */
export class XzReader extends PullReader {
    #context;
    constructor(stream, context) {
        super(stream);
        this.#context = context;
    }
    /** An error at the next byte. */
    error(code, what, found) {
        return new ToolError(code, what, {
            subject: this.#context.subject,
            offset: this.offset,
            ...(found === undefined ? {} : { found }),
        });
    }
    /** XZ_CORRUPT at the next byte. */
    corrupt(what, found) {
        return this.error('XZ_CORRUPT', what, found);
    }
    /** Runs what throws errors without a place, and adds it. */
    located(run) {
        try {
            return run();
        }
        catch (error) {
            throw error instanceof ToolError ? error.within({ subject: this.#context.subject, offset: this.offset }) : error;
        }
    }
    /** At least `count` bytes, not taken. @throws {ToolError} XZ_CORRUPT */
    async need(count) {
        if (await this.fill(count))
            return this.buffered;
        throw this.corrupt('xz stream is cut', 'the end of the stream');
    }
    /** `count` bytes, taken; a copy. @throws {ToolError} XZ_CORRUPT */
    async take(count) {
        const bytes = (await this.need(count)).slice(0, count);
        this.skip(count);
        return bytes;
    }
}
/** Reads a number at `at`; undefined if it is malformed or does not end in `bytes`. */
export const readVariable = (bytes, at) => {
    let value = 0;
    for (let length = 1; length <= 9; length += 1) {
        const byte = bytes[at + length - 1];
        if (byte === undefined)
            return undefined;
        value += (byte & 0x7f) * 2 ** (7 * (length - 1));
        if (byte < 0x80)
            return byte === 0 && length > 1 ? undefined : { value, length };
    }
    return undefined;
};
