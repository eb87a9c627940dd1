import { ToolError } from '../base/error.js';
import { startHash } from '../base/hash.js';
import { verifiedBlobs } from '../content/blob.js';
import { planArchive } from '../format/plan.js';
import type { Profile, ProfileSettings } from '../format/profile.js';
import { writeArchive } from '../format/write.js';
import { type Digest, digestFromHex } from '../oci/digest.js';
import { openFileSource } from '../transport/file.js';
import { scratchDirectory } from '../transport/scratch.js';
import type { OperationContext } from './context.js';
import { parseLocation } from './location.js';
import { openLocation, spoolStdin } from './open.js';
import type { TransferOptions } from './prepare.js';
import { type ImageEntry, imageEntries } from './report.js';
import { withPrepared } from './save.js';
import { fileDigest } from './verify/expectation.js';

/** @see schemas/digest-report.schema.json */
export interface DigestEntry {
  readonly location: string;
  /** `archive`: of the canonical archive; `file`: of the file as it is; `image`: of a manifest or index. */
  readonly kind: 'archive' | 'file' | 'image';
  readonly digest: Digest;
  readonly imageID?: Digest;
  readonly names?: readonly string[];
  readonly platform?: string;
}

export interface DigestReport {
  readonly digests: readonly DigestEntry[];
}

export interface CanonicalOptions extends TransferOptions {
  readonly profile: Profile;
  readonly settings: ProfileSettings;
}

/** `digest`: the sha256 that `save` of the location would give, without writing it. @throws as `save` */
export const archiveDigest = (
  location: string,
  options: CanonicalOptions,
  context: OperationContext,
): Promise<DigestEntry> =>
  withPrepared([location], options, context, async (prepared) => {
    const plan = planArchive(prepared.graph, options.profile, options.settings, options);
    const hash = startHash('sha256');
    context.observer({ type: 'phase', name: 'digest', total: plan.size });
    for await (const chunk of writeArchive(plan, verifiedBlobs(prepared.blobs), context.signal)) {
      hash.update(chunk);
      context.observer({ type: 'bytes', done: chunk.length });
    }
    context.observer({ type: 'phase-end', name: 'digest' });
    return { location, kind: 'archive', digest: digestFromHex('sha256', hash.hex()) };
  });

/** `digest --file`: the sha256 of the file as it is; whether it is an archive does not matter. */
export const asIsDigest = async (text: string, context: OperationContext): Promise<DigestEntry> => {
  const location = parseLocation(text, context.pathExists);
  if (location.transport === 'oci' || location.transport === 'dir' || location.transport === 'docker') {
    throw new ToolError('LOCATION_INVALID', 'only a file has a digest as a file', {
      subject: text,
      hint: 'leave out --file to get the digest of its canonical archive',
    });
  }
  const scratch = scratchDirectory(context.temporary);
  const file =
    location.transport === 'stdio' ? await spoolStdin(scratch, context) : await openFileSource(location.path);
  try {
    context.observer({ type: 'phase', name: 'digest', total: file.size });
    const digest = await fileDigest(file, context);
    context.observer({ type: 'phase-end', name: 'digest' });
    return { location: text, kind: 'file', digest };
  } finally {
    await file.close();
    await scratch.remove();
  }
};

const imageDigest = (location: string, { names, digest, imageID, platform }: ImageEntry): DigestEntry => ({
  location,
  kind: 'image',
  digest,
  ...(imageID === undefined ? {} : { imageID }),
  names,
  ...(platform === undefined ? {} : { platform }),
});

/** `digest --images`: digest and image ID of each image. Documents are verified, layers are not read. */
export const imageDigests = async (location: string, context: OperationContext): Promise<readonly DigestEntry[]> => {
  const opened = await openLocation(location, context);
  try {
    return imageEntries(opened.graph).map((entry) => imageDigest(location, entry));
  } finally {
    await opened.close();
  }
};
