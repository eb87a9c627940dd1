import type { ByteStream } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { compareBytes, compareCodeUnits } from '../base/order.js';
import { SNIFF_LENGTH, decompress, sniffCompression } from '../codec/compression.js';
import { type TarEntryHeader, type TarEntryType, readTar } from '../codec/tar-read.js';
import { type VerifiedBlobReader, verifiedBlobs } from '../content/blob.js';
import { imageParts } from '../content/graph.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { layerCompressionOf } from '../oci/media-type.js';
import type { Platform } from '../oci/platform.js';
import type { OperationContext } from './context.js';
import { singleImage, wishOf } from './inspect.js';
import { type OpenedImages, openLocation } from './open.js';

/** One file of an image. */
export interface FileEntry {
  /** As in the layer, without `./` and a slash at the end. */
  readonly path: string;
  readonly type: TarEntryType;
  /** Four octal digits. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
  readonly linkTarget?: string;
}

/** @see schemas/ls-report.schema.json */
export interface LsReport {
  readonly location: string;
  /** Of the image's manifest. */
  readonly digest: Digest;
  /** The one layer that was listed; absent for the whole image. */
  readonly layer?: Digest;
  /** A layer in stored order; a whole image by path. */
  readonly entries: readonly FileEntry[];
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

const cleanPath = (path: string): string =>
  path
    .replace(/^(?:\.?\/+)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');

const entryOf = (header: TarEntryHeader, path: string): FileEntry => ({
  path,
  type: header.type,
  mode: (header.mode & 0o7777).toString(8).padStart(4, '0'),
  uid: header.uid,
  gid: header.gid,
  size: header.size,
  mtime: Math.floor(header.mtime),
  ...(header.linkTarget === undefined ? {} : { linkTarget: header.linkTarget }),
});

async function* layerHeaders(
  layer: Descriptor,
  opened: OpenedImages,
  context: OperationContext,
): AsyncIterable<TarEntryHeader> {
  const source = await opened.blobs.open(layer);
  const head = source === undefined ? new Uint8Array(0) : await source.readAt(0, SNIFF_LENGTH);
  await source?.close();
  const blobs: VerifiedBlobReader = verifiedBlobs(opened.blobs);
  const subject = layer.digest;
  const raw: ByteStream = blobs.read(layer, context.signal);
  const plain = decompress(raw, sniffCompression(head), { subject, limits: context.limits });
  for await (const { header } of readTar(plain, { subject, limits: context.limits })) yield header;
}

/** What the layers below left, in an order that keeps everything below a directory together. */
class LowerFiles {
  private readonly paths: readonly string[];
  private readonly known: ReadonlySet<string>;
  private readonly removed = new Set<string>();
  private readonly rewritten = new Set<string>();

  constructor(paths: Iterable<string>) {
    this.paths = [...paths].toSorted(compareCodeUnits);
    this.known = new Set(this.paths);
  }

  /** True for a path of a lower layer that this layer has not written anew: whiteouts hide nothing of their own layer. */
  has(path: string): boolean {
    return this.known.has(path) && !this.rewritten.has(path);
  }

  markRewritten(path: string): void {
    this.rewritten.add(path);
  }

  /** Paths that begin with the prefix; none when it is asked for again, since they are gone then. */
  below(prefix: string): readonly string[] {
    if (this.removed.has(prefix)) return [];
    this.removed.add(prefix);
    let low = 0;
    for (let high = this.paths.length; low < high;) {
      const middle = (low + high) >>> 1;
      if ((this.paths[middle] ?? '') < prefix) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (this.paths[end]?.startsWith(prefix) === true) end++;
    return this.paths.slice(low, end).filter((path) => !this.rewritten.has(path));
  }
}

/** Applies a layer's entry on what the layers below left. @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts */
const applyEntry = (files: Map<string, FileEntry>, lower: LowerFiles, header: TarEntryHeader): void => {
  const path = cleanPath(header.path);
  if (path === '') return;
  const slash = path.lastIndexOf('/') + 1;
  const directory = path.slice(0, slash);
  const base = path.slice(slash);
  const removeBelow = (prefix: string): void => {
    for (const known of lower.below(prefix)) files.delete(known);
  };
  if (base === OPAQUE) return removeBelow(directory);
  if (base.startsWith(WHITEOUT)) {
    const hidden = directory + base.slice(WHITEOUT.length);
    if (lower.has(hidden)) files.delete(hidden);
    return removeBelow(`${hidden}/`);
  }
  // A directory that has no entry of its own is one all the same.
  if (header.type !== 'directory') removeBelow(`${path}/`);
  files.set(path, entryOf(header, path));
  lower.markRewritten(path);
};

const chooseLayer = (layers: readonly Descriptor[], diffIDs: readonly Digest[], wanted: string): Descriptor => {
  const position = /^\d{1,4}$/.test(wanted) ? Number(wanted) : undefined;
  const layer =
    position === undefined
      ? layers.find((candidate, index) => candidate.digest === wanted || diffIDs[index] === wanted)
      : layers[position];
  if (layer !== undefined) return layer;
  throw new ToolError('REFERENCE_NOT_FOUND', 'the image has no such layer', {
    subject: wanted,
    expected: layers.length === 0 ? 'no layer at all' : `0 to ${layers.length - 1}, a digest or a diffID`,
  });
};

/**
 * `ls`: the files of an image, its layers applied one on the other, or of one layer as it is stored. Every layer read
 * is verified.
 * @throws as `openLocation`; REFERENCE_AMBIGUOUS, PLATFORM_NOT_FOUND, REFERENCE_NOT_FOUND, TAR_*
 */
export const ls = async (
  location: string,
  options: { readonly layer?: string; readonly platform?: Platform },
  context: OperationContext,
): Promise<LsReport> => {
  const opened = await openLocation(location, context, wishOf(options.platform));
  try {
    const image = singleImage(opened.graph, location, options.platform);
    const parts = imageParts(opened.graph, image);
    if (parts === undefined)
      throw new ToolError('REFERENCE_NOT_FOUND', 'there is no image with a config', { subject: location });
    const { digest } = image.descriptor;
    if (options.layer !== undefined) {
      const layer = chooseLayer(parts.layers, parts.config.value.diffIDs, options.layer);
      const entries: FileEntry[] = [];
      for await (const header of layerHeaders(layer, opened, context))
        entries.push(entryOf(header, cleanPath(header.path) || '.'));
      return { location, digest, layer: layer.digest, entries };
    }
    const files = new Map<string, FileEntry>();
    for (const layer of parts.layers) {
      if (layerCompressionOf(layer.mediaType) === undefined) continue;
      const lower = new LowerFiles(files.keys());
      for await (const header of layerHeaders(layer, opened, context)) applyEntry(files, lower, header);
    }
    const entries = [...files.values()].toSorted((a, b) => compareBytes(a.path, b.path));
    return { location, digest, entries };
  } finally {
    await opened.close();
  }
};
