import { ToolError } from '../base/error.js';
import type { ByteStream } from '../base/bytes.js';
import { runBulk } from '../codec/bulk.js';
import { verifiedBlobs } from '../content/blob.js';
import { type ArchivePlan, planArchive } from '../format/plan.js';
import { type Profile, type ProfileSettings } from '../format/profile.js';
import { writeArchive, writeArchiveFile } from '../format/write.js';
import { openFileSource } from '../transport/file.js';
import { createOutputFile, isSpecialFile, writeOutputFile, writeSpecialFile } from '../transport/output-file.js';
import { scratchDirectory } from '../transport/scratch.js';
import type { OperationContext } from './context.js';
import { type OpenedImages, openLocations } from './open.js';
import { bulkOptions } from './bulk-options.js';
import { type PreparedImages, type TransferOptions, prepareImages } from './prepare.js';
import { type SaveReport, imageEntries } from './report.js';

export interface SaveOptions extends TransferOptions {
  readonly profile: Profile;
  readonly settings: ProfileSettings;
  /** Also compute the archive's own sha256, which costs reading it once more. */
  readonly digest: boolean;
  /** Where the recipe of restored images goes; beside the archive unless told, nowhere for a stream. */
  readonly recipe?: string;
}

/** Where the archive goes: a path, or `-` with the stream's consumer. */
export type SaveOutput =
  | {
      readonly path: string;
      /** Wait until the disk has the archive. */
      readonly durable: boolean;
    }
  | { readonly stream: (archive: ByteStream) => Promise<void> };

const sha256Of = async (path: string, context: OperationContext): Promise<string> => {
  const source = await openFileSource(path);
  try {
    if (source.file === undefined) throw new ToolError('DEFECT', 'a file without an extent');
    const [result] = await runBulk([{ subject: path, extent: source.file, algorithm: 'sha256' }], {
      ...bulkOptions(context),
      onBytes: () => {},
    });
    return result?.hex ?? '';
  } finally {
    await source.close();
  }
};

/**
 * Puts a planned archive into its place: beside the target, then renamed, so that the target is whole or as it was.
 * @throws {ToolError} as the blob reader; NO_SPACE, PERMISSION_DENIED, IO
 */
export const writePlanTo = async (
  plan: ArchivePlan,
  images: Pick<PreparedImages, 'blobs'>,
  output: SaveOutput,
  context: OperationContext,
): Promise<void> => {
  const blobs = verifiedBlobs(images.blobs);
  context.observer({ type: 'phase', name: 'write archive', total: blobBytes(plan) });
  if ('stream' in output) {
    await output.stream(counted(writeArchive(plan, blobs, context.signal), context));
  } else if (await isSpecialFile(output.path)) {
    await writeSpecialFile(output.path, counted(writeArchive(plan, blobs, context.signal), context));
  } else {
    const file = await createOutputFile(output.path);
    try {
      await writeArchiveFile(plan, blobs, file, bulkOptions(context));
      context.signal?.throwIfAborted();
      await file.commit(output);
    } finally {
      await file.discard();
    }
  }
  context.observer({ type: 'phase-end', name: 'write archive' });
};

const writeRecipe = async (
  prepared: PreparedImages,
  output: SaveOutput,
  options: SaveOptions,
): Promise<string | undefined> => {
  const path = options.recipe ?? ('path' in output ? `${output.path}.recipe.json` : undefined);
  if (path === undefined || prepared.recipe.length === 0) return undefined;
  const { recipeBytes } = await import('../layer/recipe.js');
  await writeOutputFile(path, recipeBytes({ images: prepared.recipe }));
  return path;
};

/** What a file's writer counts: blobs, the rest is not worth it. */
const blobBytes = (plan: ArchivePlan): number => plan.entries.reduce((sum, entry) => sum + entry.size, 0);

async function* counted(stream: ByteStream, context: OperationContext): ByteStream {
  for await (const chunk of stream) {
    yield chunk;
    context.observer({ type: 'bytes', done: chunk.length });
  }
}

/** Opens sources, prepares their images, hands them on, and closes everything whatever happens. */
export const withPrepared = async <T>(
  sources: readonly string[],
  options: TransferOptions,
  context: OperationContext,
  use: (prepared: PreparedImages, opened: readonly OpenedImages[]) => Promise<T>,
): Promise<T> => {
  const wish = { platforms: options.platforms, referrers: !options.dropReferrers };
  const opened = await openLocations(sources, context, wish);
  const scratch = scratchDirectory(context.temporary);
  try {
    return await use(await prepareImages(opened, options, scratch, context), opened);
  } finally {
    await scratch.remove();
    for (const images of opened) await images.close();
  }
};

/**
 * `save`: one canonical archive of all the sources.
 * @throws {ToolError} whatever the sources can be refused for; BLOB_MISSING, NAME_CONFLICT; system errors of the output
 */
export const save = async (
  sources: readonly string[],
  output: SaveOutput,
  options: SaveOptions,
  context: OperationContext,
): Promise<SaveReport> =>
  withPrepared(sources, options, context, async (prepared) => {
    const plan = planArchive(prepared.graph, options.profile, options.settings, options);
    await writePlanTo(plan, prepared, output, context);
    const path = 'path' in output ? output.path : '-';
    const recipe = await writeRecipe(prepared, output, options);
    const sha256 = options.digest && 'path' in output ? await sha256Of(output.path, context) : undefined;
    return {
      output: path,
      profile: options.profile.id,
      archive: { size: plan.size, ...(sha256 === undefined ? {} : { sha256 }) },
      mtime: options.settings.mtime,
      layers: options.layers,
      ...(recipe === undefined ? {} : { recipe }),
      images: imageEntries(prepared.graph),
      changes: prepared.changes,
      dropped: prepared.dropped,
      absent: plan.absent,
      notes: prepared.graph.notes,
    };
  });
