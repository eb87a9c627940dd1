import { EMPTY } from '../base/bytes.js';
/** Bytes behind the room that was asked for, into which a decoder that copies words may spill. */
const SPILL = 16;
const MIN_SLACK = 1024 * 1024;
const MAX_SLACK = 16 * 1024 * 1024;
const FIRST_STEPS = 4 * 1024 * 1024;
/**
 * Decoded bytes of which later ones may be copies: at least the last `size` are kept. Decoders write straight into
 * `buffer` at `position`; what was written is handed out as views, without a copy.
 *
 * The memory is a straight run, not a ring: when it is full, the last `size` bytes move to its start. The room behind
 * them is large enough that such moves cost little for each byte written, however small the pieces are. Memory grows
 * only as data come, so that a header alone cannot ask for much.
 */
export class SlidingWindow {
    buffer = EMPTY;
    /** Of the same memory as `buffer`. */
    view = new DataView(EMPTY.buffer);
    /** Where the next byte goes. */
    position = 0;
    #size = 0;
    #taken = 0;
    /** Forgets the past; from here on the last `size` bytes are kept. What was written must have been taken. */
    restart(size) {
        this.#size = size;
        this.position = 0;
        this.#taken = 0;
    }
    /** Bytes that are kept, as `restart` was told. */
    get size() {
        return this.#size;
    }
    /** How far back a copy may reach. */
    get reach() {
        return Math.min(this.position, this.#size);
    }
    /** Bytes written and not taken. */
    get pending() {
        return this.position - this.#taken;
    }
    /** Whether `count` bytes can be written without moving memory, which would spoil what was taken or is pending. */
    fits(count) {
        return this.position + count + SPILL <= this.buffer.length;
    }
    /** Makes room for `count` bytes at `position`. What was written must have been taken. */
    reserve(count) {
        if (this.fits(count))
            return;
        const kept = this.reach;
        const start = this.position - kept;
        const slack = Math.max(count, Math.min(MAX_SLACK, Math.max(MIN_SLACK, this.#size)));
        const full = this.#size + slack + SPILL;
        if (this.buffer.length < full) {
            const wanted = Math.max(kept + count + SPILL, 4 * this.buffer.length, MIN_SLACK);
            // Beyond the first steps all at once: the system gives pages as they are used, and steps would leave garbage.
            const grown = new Uint8Array(wanted > FIRST_STEPS ? full : Math.min(full, wanted));
            grown.set(this.buffer.subarray(start, this.position));
            this.buffer = grown;
            this.view = new DataView(grown.buffer);
        }
        else {
            this.buffer.copyWithin(0, start, this.position);
        }
        this.position = kept;
        this.#taken = kept;
    }
    /** What was written since the last call; valid until the next `reserve` or `restart`. */
    take() {
        const view = this.buffer.subarray(this.#taken, this.position);
        this.#taken = this.position;
        return view;
    }
}
