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
export const ZSTD_MAGIC = 0xfd2fb528;

/** Whether four bytes, little-endian, begin a frame that decoders skip. */
export const isSkippable = (magic: number): boolean => (magic & 0xffff_fff0) >>> 0 === 0x184d2a50;

const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const CONTENT_BYTES = [0, 2, 4, 8] as const;

const field = (table: readonly number[], index: number): number => table[index] ?? 0;

const layout = (descriptor: number): { single: boolean; window: number; dictionary: number; content: number } => {
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
export const hasReservedBit = (descriptor: number): boolean => (descriptor & 0x08) !== 0;

/** Bytes of the header behind the magic, the descriptor included. */
export const frameHeaderLength = (descriptor: number): number => {
  const { window, dictionary, content } = layout(descriptor);
  return 1 + window + dictionary + content;
};

const littleEndian = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);

/** Reads a header; `bytes` begin with the descriptor and are at least {@link frameHeaderLength} long. */
export const parseFrameHeader = (bytes: Uint8Array): FrameHeader => {
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
