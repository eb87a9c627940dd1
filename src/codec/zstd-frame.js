/** The first four bytes of a frame, little-endian. */
export const ZSTD_MAGIC = 0xfd2fb528;
/** Whether four bytes, little-endian, begin a frame that decoders skip. */
export const isSkippable = (magic) => (magic & 0xffff_fff0) >>> 0 === 0x184d2a50;
const DICTIONARY_BYTES = [0, 1, 2, 4];
const CONTENT_BYTES = [0, 2, 4, 8];
const field = (table, index) => table[index] ?? 0;
const layout = (descriptor) => {
    const single = (descriptor & 0x20) !== 0;
    const content = field(CONTENT_BYTES, descriptor >> 6);
    return {
        single,
        window: single ? 0 : 1,
        dictionary: field(DICTIONARY_BYTES, descriptor & 3),
        content: content === 0 && single ? 1 : content,
    };
};
/** Whether the descriptor, the first byte behind the magic, uses a bit that no version of the format defines. */
export const hasReservedBit = (descriptor) => (descriptor & 0x08) !== 0;
/** Bytes of the header behind the magic, the descriptor included. */
export const frameHeaderLength = (descriptor) => {
    const { window, dictionary, content } = layout(descriptor);
    return 1 + window + dictionary + content;
};
const littleEndian = (bytes) => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
/** Reads a header; `bytes` begin with the descriptor and are at least {@link frameHeaderLength} long. */
export const parseFrameHeader = (bytes) => {
    const descriptor = field([...bytes.subarray(0, 1)], 0);
    const { single, window, dictionary, content } = layout(descriptor);
    const [exponentAndMantissa = 0] = bytes.subarray(1);
    const base = 2 ** (10 + (exponentAndMantissa >> 3));
    const dictionaryAt = 1 + window;
    const contentAt = dictionaryAt + dictionary;
    const stored = littleEndian(bytes.subarray(contentAt, contentAt + content));
    const contentSize = content === 0 ? undefined : content === 2 ? stored + 256n : stored;
    return {
        windowSize: single ? Number(contentSize) : base + (base / 8) * (exponentAndMantissa & 7),
        contentSize,
        dictionaryId: Number(littleEndian(bytes.subarray(dictionaryAt, contentAt))),
        hasChecksum: (descriptor & 0x04) !== 0,
    };
};
