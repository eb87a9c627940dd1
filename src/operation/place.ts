import { parseDirectoryVersion } from '../format/directory.js';
import { eachAtOnce } from '../base/concurrent.js';
import { ToolError } from '../base/error.js';
import { runBulk } from '../codec/bulk.js';
import { type VerifiedBlobReader, verifiedBlobs } from '../content/blob.js';
import { type FilePlan, planDirectory } from '../format/directory-plan.js';
import { extendIndex } from '../format/layout-index.js';
import { type ArchivePlan, planArchive } from '../format/plan.js';
import { DEFAULT_SETTINGS, PROFILES, type ProfileSettings } from '../format/profile.js';
import { encodedOf, hashAlgorithmOf } from '../oci/digest.js';
import type { Descriptor } from '../oci/descriptor.js';
import { BLOBS_DIRECTORY, INDEX_FILE, LAYOUT_FILE, checkLayoutVersion } from '../oci/image-layout.js';
import { parseJson } from '../base/json-parse.js';
import {
  type OutputDirectory,
  type OutputPart,
  extendDirectory,
  holdsFiles,
  readSmallFile,
  replaceDirectory,
} from '../transport/output-directory.js';
import type { OperationContext } from './context.js';
import { bulkOptions } from './bulk-options.js';
import { type PreparedImages } from './prepare.js';

/** Files opened at a time. */
const BATCH = 64;

/** Blobs that come over a network are asked for so many at a time. */
const STREAMS_AT_ONCE = 3;

/** A blob that is there already is kept if it is what its name says, and replaced if it is not. */
const isThere = async (
  output: OutputDirectory,
  path: string,
  descriptor: Descriptor,
  context: OperationContext,
): Promise<boolean> => {
  if ((await output.sizeOf(path)) !== descriptor.size) return false;
  const source = await output.open(path);
  try {
    if (source.file === undefined) return false;
    const job = { subject: path, extent: source.file, algorithm: hashAlgorithmOf(descriptor.digest) };
    const [result] = await runBulk([job], { ...bulkOptions(context), threads: 1 });
    return result?.hex === encodedOf(descriptor.digest);
  } finally {
    await source.close();
  }
};

const fillPart = async (
  part: OutputPart,
  entry: FilePlan,
  blobs: VerifiedBlobReader,
  context: OperationContext,
  signal: AbortSignal,
): Promise<void> => {
  if (entry.content.from === 'memory') {
    await part.write(entry.content.bytes, 0);
    return;
  }
  if (entry.content.from === 'nothing') return;
  let at = 0;
  for await (const chunk of blobs.read(entry.content.descriptor, signal)) {
    await part.write(chunk, at);
    at += chunk.length;
    context.observer({ type: 'bytes', done: chunk.length });
  }
};

const placeBatch = async (
  output: OutputDirectory,
  entries: readonly FilePlan[],
  blobs: VerifiedBlobReader,
  context: OperationContext,
): Promise<void> => {
  const parts: OutputPart[] = [];
  const releases: (() => Promise<void>)[] = [];
  const streamed: FilePlan[] = [];
  try {
    const jobs = [];
    for (const entry of entries) {
      const extent = entry.content.from === 'blob' ? await blobs.extent(entry.content.descriptor) : undefined;
      if (extent === undefined) {
        streamed.push(entry);
        continue;
      }
      const part = await output.create(entry.path);
      parts.push(part);
      releases.push(extent.release);
      jobs.push({
        ...extent.expectation,
        extent: extent.file,
        target: { fd: part.fd, offset: 0, content: 'raw' as const },
      });
    }
    await runBulk(jobs, bulkOptions(context));
    context.signal?.throwIfAborted();
    for (const part of parts) await part.commit();
    // Each is put in place when it is complete, so that what came over a network need not come again.
    await eachAtOnce(
      streamed,
      STREAMS_AT_ONCE,
      async (entry, signal) => {
        const part = await output.create(entry.path);
        try {
          await fillPart(part, entry, blobs, context, signal);
          await part.commit();
        } finally {
          await part.discard();
        }
      },
      context.signal,
    );
  } finally {
    for (const release of releases) await release();
    for (const part of parts) await part.discard();
  }
};

/** Files into a directory, each verified before it is visible, in the order of the plan. */
const placeFiles = async (
  output: OutputDirectory,
  entries: readonly FilePlan[],
  blobs: VerifiedBlobReader,
  context: OperationContext,
): Promise<void> => {
  const pending: FilePlan[] = [];
  for (const entry of entries) {
    const there =
      entry.content.from === 'blob' && (await isThere(output, entry.path, entry.content.descriptor, context));
    if (!there) pending.push(entry);
  }
  for (let at = 0; at < pending.length; at += BATCH) {
    await placeBatch(output, pending.slice(at, at + BATCH), blobs, context);
  }
};

const unfit = (path: string, expected: string): ToolError =>
  new ToolError('DESTINATION_UNFIT', 'the destination holds something else', {
    subject: path,
    expected,
    found: 'other files',
    hint: 'choose an empty or new directory',
  });

/**
 * Images into an OCI image layout, beside what it holds. Blobs first, the index last and at once: whoever reads the
 * layout meanwhile sees the old images or the new ones, whole.
 * @throws {ToolError} DESTINATION_UNFIT, LAYOUT_VERSION, BLOB_MISSING, and as the blob reader
 */
export const placeInLayout = async (
  path: string,
  images: PreparedImages,
  options: { readonly allowSparse: boolean; readonly settings?: ProfileSettings },
  context: OperationContext,
): Promise<ArchivePlan> => {
  const plan = planArchive(images.graph, PROFILES['oci-1'], options.settings ?? DEFAULT_SETTINGS, options);
  const layout = await readSmallFile(path, LAYOUT_FILE);
  // Blobs alone are what a copy into a new layout has left that was killed: they are verified, and used.
  if (layout === undefined && (await holdsFiles(path, BLOBS_DIRECTORY)))
    throw unfit(path, 'an OCI image layout, an empty directory, or nothing');
  if (layout !== undefined) {
    const subject = `${path}: ${LAYOUT_FILE}`;
    checkLayoutVersion(parseJson(layout, { subject, depth: context.limits.jsonDepth }), subject);
  }
  const output = await extendDirectory(path);
  try {
    context.observer({ type: 'phase', name: 'write layout', total: plan.size });
    const files = plan.entries.filter((entry) => entry.content.from !== 'nothing');
    const byPath = (wanted: string): FilePlan | undefined => files.find((entry) => entry.path === wanted);
    const blobs = verifiedBlobs(images.blobs);
    const documents = files.filter((entry) => entry.path !== INDEX_FILE && entry.path !== LAYOUT_FILE);
    // Leaves before parents: layers, then the documents that refer to them.
    await placeFiles(output, documents.toReversed(), blobs, context);
    const layoutFile = byPath(LAYOUT_FILE);
    if (layout === undefined && layoutFile !== undefined) await placeFiles(output, [layoutFile], blobs, context);
    const index = byPath(INDEX_FILE);
    if (index?.content.from === 'memory') {
      const bytes = extendIndex(
        await readSmallFile(path, INDEX_FILE),
        index.content.bytes,
        `${path}: ${INDEX_FILE}`,
        context.limits,
      );
      await placeFiles(
        output,
        [{ path: INDEX_FILE, content: { from: 'memory', bytes }, size: bytes.length }],
        blobs,
        context,
      );
    }
    context.observer({ type: 'phase-end', name: 'write layout' });
    return plan;
  } finally {
    await output.close();
  }
};

/**
 * One image into a directory of skopeo's `dir:` transport, which it replaces as a whole.
 * @throws {ToolError} DESTINATION_UNFIT, BLOB_MISSING, and as the blob reader
 */
export const placeInDirectory = async (
  path: string,
  images: PreparedImages,
  options: { readonly allowSparse: boolean },
  context: OperationContext,
): Promise<void> => {
  const files = planDirectory(images.graph, options);
  const version = await readSmallFile(path, 'version');
  if (await holdsFiles(path)) {
    if (version === undefined || !parseDirectoryVersion(version))
      throw unfit(path, "a directory of skopeo's dir: transport, an empty directory, or nothing");
  }
  const output = await replaceDirectory(path);
  try {
    context.observer({
      type: 'phase',
      name: 'write directory',
      total: files.reduce((sum, file) => sum + file.size, 0),
    });
    await placeFiles(output, files, verifiedBlobs(images.blobs), context);
    await output.commit();
    context.observer({ type: 'phase-end', name: 'write directory' });
  } finally {
    await output.close();
  }
};
