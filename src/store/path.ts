import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { type Digest, algorithmOf, encodedOf } from '../oci/digest.js';
import { BLOBS_DIRECTORY, INDEX_FILE, LAYOUT_FILE } from '../oci/image-layout.js';

/** Where everything of a store lies. What stands above `state` is an image layout that other tools read and write. */
export interface StorePaths {
  readonly root: string;
  readonly layout: string;
  readonly index: string;
  readonly blobs: string;
  /** `.ingot`, which other tools leave alone. */
  readonly state: string;
  /** Never deleted, so that all processes lock one file. */
  readonly lock: string;
  readonly config: string;
  readonly refs: string;
  readonly trash: string;
  readonly journal: string;
  /** The part of the journal before that, if it has grown so long. */
  readonly journalBefore: string;
  /** What images are, by digest: can be computed again at any time. */
  readonly facts: string;
  /** Which documents lead where, for measuring; can be computed again at any time. */
  readonly links: string;
  /** One directory for each process that works on content. */
  readonly ingest: string;
  readonly leases: string;
  /** One empty file for each image that was read; its time tells when. */
  readonly used: string;
  readonly quarantine: string;
}

/** Environment variables, handed in. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The directory of the store: `$INGOT_STORE`, else `$XDG_DATA_HOME/ingot`, else `~/.local/share/ingot`. As the XDG
 * specification asks, a relative `$XDG_DATA_HOME` is ignored.
 */
export const storeRoot = (env: Environment): string => {
  const named = env['INGOT_STORE'];
  if (named !== undefined && named !== '') return resolve(named);
  const data = env['XDG_DATA_HOME'];
  if (data !== undefined && isAbsolute(data)) return join(data, 'ingot');
  const home = env['HOME'];
  return join(home !== undefined && isAbsolute(home) ? home : homedir(), '.local', 'share', 'ingot');
};

export const STATE_DIRECTORY = '.ingot';

export const storePaths = (root: string): StorePaths => {
  const state = join(root, STATE_DIRECTORY);
  return {
    root,
    layout: join(root, LAYOUT_FILE),
    index: join(root, INDEX_FILE),
    blobs: join(root, BLOBS_DIRECTORY),
    state,
    lock: join(state, 'lock'),
    config: join(state, 'config.json'),
    refs: join(state, 'refs.json'),
    trash: join(state, 'trash.json'),
    journal: join(state, 'journal.ndjson'),
    journalBefore: join(state, 'journal.1.ndjson'),
    facts: join(state, 'facts.json'),
    links: join(state, 'links.json'),
    ingest: join(state, 'ingest'),
    leases: join(state, 'leases'),
    used: join(state, 'used'),
    quarantine: join(state, 'quarantine'),
  };
};

/** Directory of the blobs of one algorithm. A digest is checked text, so the path cannot leave the store. */
export const blobDirectory = (paths: StorePaths, digest: Digest): string => join(paths.blobs, algorithmOf(digest));

export const blobFile = (paths: StorePaths, digest: Digest): string =>
  join(blobDirectory(paths, digest), encodedOf(digest));

/** Directory of a process that works on content. */
export const sessionDirectory = (paths: StorePaths, id: string): string => join(paths.ingest, id);

/** The file that such a process keeps locked while it lives. */
export const sessionLock = (paths: StorePaths, id: string): string => join(paths.ingest, id, 'lock');

export const leaseFile = (paths: StorePaths, id: string): string => join(paths.leases, `${id}.json`);

export const usedFile = (paths: StorePaths, digest: Digest): string =>
  join(paths.used, `${algorithmOf(digest)}-${encodedOf(digest)}`);
