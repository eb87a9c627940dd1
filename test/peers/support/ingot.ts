import { existsSync } from 'node:fs';

import { ToolError } from '../../../src/base/error.js';
import type { Note } from '../../../src/base/event.js';
import { nameFromRepoTag } from '../../../src/content/name.js';
import { DEFAULT_SETTINGS, PROFILES, type ProfileId } from '../../../src/format/profile.js';
import { type OperationContext, contextWith } from '../../../src/operation/context.js';
import { type CanonicalOptions, archiveDigest, imageDigests } from '../../../src/operation/digest.js';
import { DEFAULT_TRANSFER, type TransferOptions } from '../../../src/operation/prepare.js';
import type { CopyReport, ImageEntry, SaveReport } from '../../../src/operation/report.js';
import { save } from '../../../src/operation/save.js';
import { copy, listLoad } from '../../../src/operation/transfer.js';
import { verify } from '../../../src/operation/verify/verify.js';

const context: OperationContext = contextWith({ pathExists: existsSync });

export interface ArchiveOptions extends Partial<TransferOptions> {
  /** Default `hybrid-1`. */
  readonly profile?: ProfileId;
  /** A name for the only image. */
  readonly as?: string;
}

const settled = ({ profile, as, ...options }: ArchiveOptions): CanonicalOptions => ({
  ...DEFAULT_TRANSFER,
  ...(as === undefined ? {} : { names: [{ to: nameFromRepoTag(as) }] }),
  ...options,
  profile: PROFILES[profile ?? 'hybrid-1'],
  settings: DEFAULT_SETTINGS,
});

/** The sha256 of the canonical archive of a location, with its algorithm. */
export const canonicalDigest = async (location: string, options: ArchiveOptions = {}): Promise<string> =>
  (await archiveDigest(location, settled(options), context)).digest;

/** The canonical archive of locations, as a file. */
export const saveArchive = (
  sources: readonly string[],
  path: string,
  options: ArchiveOptions = {},
): Promise<SaveReport> => save(sources, { path, durable: false }, { ...settled(options), digest: true }, context);

export const copyImages = (
  source: string,
  destination: string,
  options: Partial<TransferOptions> = {},
): Promise<CopyReport> =>
  copy(
    source,
    { text: destination },
    { ...DEFAULT_TRANSFER, ...options, settings: DEFAULT_SETTINGS, durable: false },
    context,
  );

/** The images of a location: names, digest, image ID. */
export const imagesOf = async (location: string): Promise<readonly ImageEntry[]> =>
  (await listLoad(location, DEFAULT_TRANSFER, context)).images;

/** The image IDs of a location as `digest --images` shows them, sorted. */
export const imageIDs = async (location: string): Promise<readonly string[]> =>
  (await imageDigests(location, context)).map((entry) => entry.imageID ?? '').toSorted();

/** The findings of `verify` that are errors. */
export const verifyErrors = async (location: string): Promise<readonly Note[]> =>
  (await verify([location], { quick: false }, context)).findings.filter((finding) => finding.severity === 'error');

/** The code with which Ingot refuses; '' if it does not. */
export const refusalOf = async (action: Promise<unknown>): Promise<string> => {
  try {
    await action;
    return '';
  } catch (error) {
    if (error instanceof ToolError) return error.code;
    throw error;
  }
};
