/**
 * The header of a zstd frame.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1}
 */
export interface FrameHeader {
    /** Bytes that a match may reach back; above 2^53 not exact. */
    readonly windowSize: number;
    /** Bytes of the whole content, if the header says. */
    readonly contentSize: bigint | undefined;
    /** 0: none, or not said. */
    readonly dictionaryId: number;
    readonly hasChecksum: boolean;
}
/** The first four bytes of a frame, little-endian. */
export declare const ZSTD_MAGIC = 4247762216;
/** Whether four bytes, little-endian, begin a frame that decoders skip. */
export declare const isSkippable: (magic: number) => boolean;
/** Whether the descriptor, the first byte behind the magic, uses a bit that no version of the format defines. */
export declare const hasReservedBit: (descriptor: number) => boolean;
/** Bytes of the header behind the magic, the descriptor included. */
export declare const frameHeaderLength: (descriptor: number) => number;
/** Reads a header; `bytes` begin with the descriptor and are at least {@link frameHeaderLength} long. */
export declare const parseFrameHeader: (bytes: Uint8Array) => FrameHeader;
//# sourceMappingURL=zstd-frame.d.ts.map