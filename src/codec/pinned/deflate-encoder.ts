/** An encoder of raw deflate data (RFC 1951) that is fed by hand. */
export interface DeflateEncoder {
  /** Takes bytes; they are not kept. How the input is cut into calls does not change the output. */
  write(bytes: Uint8Array): void;
  /** Ends the stream. Nothing may be written after it. */
  finish(): void;
  /** The bytes that are ready, which leave the encoder; perhaps none. Valid until the next call. */
  take(): Uint8Array;
}
