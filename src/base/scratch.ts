import type { ByteSource } from './bytes.js';

/** A private file for intermediate bytes. */
export interface ScratchFile {
  /** Open for positional writing until {@link ScratchFile.seal}. */
  readonly fd: number;
  /** Ends writing. Once is enough; again does nothing. */
  seal(): Promise<void>;
  /** Removes the bytes before their owner is done, to free the disk. */
  discard(): Promise<void>;
  /** The bytes written, any number of times after sealing. The caller closes each source. */
  open(): Promise<ByteSource>;
}

/** Where private files are made; all of them go when their owner is done, whatever happened. */
export interface Scratch {
  create(): Promise<ScratchFile>;
}
