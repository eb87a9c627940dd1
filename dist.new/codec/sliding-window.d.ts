/**
 * Decoded bytes of which later ones may be copies: at least the last `size` are kept. Decoders write straight into
 * `buffer` at `position`; what was written is handed out as views, without a copy.
 *
 * The memory is a straight run, not a ring: when it is full, the last `size` bytes move to its start. The room behind
 * them is large enough that such moves cost little for each byte written, however small the pieces are. Memory grows
 * only as data come, so that a header alone cannot ask for much.
 */
export declare class SlidingWindow {
    #private;
    buffer: Uint8Array;
    /** Of the same memory as `buffer`. */
    view: DataView;
    /** Where the next byte goes. */
    position: number;
    /** Forgets the past; from here on the last `size` bytes are kept. What was written must have been taken. */
    restart(size: number): void;
    /** Bytes that are kept, as `restart` was told. */
    get size(): number;
    /** How far back a copy may reach. */
    get reach(): number;
    /** Bytes written and not taken. */
    get pending(): number;
    /** Whether `count` bytes can be written without moving memory, which would spoil what was taken or is pending. */
    fits(count: number): boolean;
    /** Makes room for `count` bytes at `position`. What was written must have been taken. */
    reserve(count: number): void;
    /** What was written since the last call; valid until the next `reserve` or `restart`. */
    take(): Uint8Array;
}
//# sourceMappingURL=sliding-window.d.ts.map