import { type ByteStream, utf8 } from '../base/bytes.js';
import { type ToolError, fromSystemError } from '../base/error.js';
import type { OutputStream } from './io.js';

/** Where results go: every write has left the process, or failed, when its promise settles. */
export interface Output {
  readonly isTerminal: boolean;
  /** @throws {ToolError} PIPE_CLOSED, NO_SPACE, IO */
  readonly write: (data: string | Uint8Array) => Promise<void>;
  /** A whole stream, a chunk at a time, as fast as it is taken. @throws as {@link Output.write} */
  readonly writeAll: (stream: ByteStream) => Promise<void>;
}

const failed = (error: unknown, name: string): ToolError => fromSystemError(error, 'cannot be written', name);

/** @param name how errors call it */
export const outputOf = (stream: OutputStream, name: string): Output => {
  let failure: ToolError | undefined;
  // A stream tells its failure by an event as well, which would end the process if nobody listened.
  stream.on('error', (error) => {
    failure ??= failed(error, name);
  });
  const write = (data: string | Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      stream.write(typeof data === 'string' ? utf8(data) : data, (error) => {
        if (error === null || error === undefined) return resolve();
        failure ??= failed(error, name);
        reject(failure);
      });
    });
  return {
    isTerminal: stream.isTTY === true,
    write,
    writeAll: async (chunks) => {
      for await (const chunk of chunks) await write(chunk);
    },
  };
};

/** The name of standard output in errors. */
export const STDOUT = 'standard output';

/** True for the failure of a reader that has seen enough: no message helps anybody then. */
export const isReaderGone = (error: ToolError): boolean =>
  error.code === 'PIPE_CLOSED' && error.details.subject === STDOUT;
