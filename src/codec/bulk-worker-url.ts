import { existsSync } from 'node:fs';

/**
 * The program of a bulk worker. A build into one file puts its own module in the place of this one. Where there is no
 * worker, as in tests from sources, one thread does all.
 */
export const workerUrl = (): URL | undefined => {
  if (!URL.canParse('./bulk-worker.js', import.meta.url)) return undefined;
  const url = new URL('./bulk-worker.js', import.meta.url);
  return url.protocol === 'file:' && existsSync(url) ? url : undefined;
};
