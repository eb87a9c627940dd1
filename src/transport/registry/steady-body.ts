import type { ByteStream } from '../../base/bytes.js';
import { connectionError, timeoutError } from './connection-error.js';
import type { Patience } from './patience.js';

/**
 * A body that may not trickle: while somebody waits for it, {@link Patience.slowest} bytes must come in each
 * {@link Patience.idle}. The time that the reader takes for itself does not count.
 * @throws {ToolError} TIMEOUT, CONNECTION_LOST; the reason of the signal
 */
export async function* steadyBody(
  body: AsyncIterable<Uint8Array>,
  url: URL,
  patience: Patience,
  signal?: AbortSignal,
): ByteStream {
  let waited = 0;
  let bytes = 0;
  let before = performance.now();
  try {
    for await (const chunk of body) {
      waited += performance.now() - before;
      bytes += chunk.length;
      if (waited >= patience.idle) {
        if (bytes < patience.slowest) {
          throw timeoutError(url, `${patience.slowest} bytes in ${patience.idle} ms`, `${bytes} bytes`);
        }
        waited = 0;
        bytes = 0;
      }
      if (chunk.length > 0) yield chunk;
      before = performance.now();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw connectionError(error, url);
  }
}
