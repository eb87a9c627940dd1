import type { ByteSource } from '../base/bytes.js';
import { ToolError, invariant } from '../base/error.js';
import type { Note } from '../base/event.js';
import type { FileTree } from '../base/file-tree.js';
import { SNIFF_LENGTH, decompress, sniffCompression } from '../codec/compression.js';
import { openTarTree } from '../codec/tar-index.js';
import type { BlobReader } from '../content/blob.js';
import type { ContentGraph } from '../content/graph.js';
import type { ImageSource } from '../content/image.js';
import { loadGraph } from '../content/load-graph.js';
import { selectImages } from '../content/select.js';
import { openImages } from '../format/detect.js';
import { DOCKER_MANIFEST_FILE } from '../oci/docker-save.js';
import { isDirectory, openDirectoryTree } from '../transport/directory.js';
import { openFileSource } from '../transport/file.js';
import { type ScratchDirectory, scratchDirectory } from '../transport/scratch.js';
import type { OperationContext } from './context.js';
import { type Location, parseLocation } from './location.js';
import { openFromEngine } from './open-engine.js';
import { openFromStore } from './open-store.js';
import type { OpenWish } from './open-wish.js';

/** Images of a location, opened. */
export interface OpenedImages {
  readonly location: Location;
  readonly source: ImageSource;
  /** The images that are meant, with their referrers. */
  readonly graph: ContentGraph;
  /** All images of the place. */
  readonly whole: ContentGraph;
  readonly blobs: BlobReader;
  /** The archive as it is; undefined for a directory. */
  readonly file?: ByteSource;
  readonly close: () => Promise<void>;
}

interface UnpackedFile {
  readonly plain: ByteSource;
  /** What was odd about the outer compression. */
  readonly notes: readonly Note[];
}

const unpackOuter = async (
  file: ByteSource,
  scratch: ScratchDirectory,
  context: OperationContext,
): Promise<UnpackedFile> => {
  const compression = sniffCompression(await file.readAt(0, SNIFF_LENGTH));
  if (compression === 'none') return { plain: file, notes: [] };
  const { observer } = context;
  const notes: Note[] = [];
  observer({ type: 'phase', name: `decompress ${file.name}`, total: file.size });
  const counted = async function* (): AsyncIterable<Uint8Array> {
    for await (const chunk of file.read(undefined, context.signal)) {
      observer({ type: 'bytes', done: chunk.length });
      yield chunk;
    }
  };
  const stream = decompress(counted(), compression, {
    subject: file.name,
    limits: context.limits,
    onNote: ({ code, found }) =>
      notes.push({ code, severity: 'warning', message: 'ignored at the end of the file', subject: file.name, found }),
  });
  const plain = await scratch.spool(stream, file.name);
  observer({ type: 'phase-end', name: `decompress ${file.name}` });
  return { plain, notes };
};

/** Standard input in a private file. @throws {ToolError} LOCATION_INVALID, NO_SPACE, IO */
export const spoolStdin = async (scratch: ScratchDirectory, context: OperationContext): Promise<ByteSource> => {
  if (context.stdin === undefined) {
    throw new ToolError('LOCATION_INVALID', 'standard input is not to be had here', { subject: '-' });
  }
  context.observer({ type: 'phase', name: 'read standard input' });
  const { observer, signal } = context;
  const input = context.stdin();
  const counted = async function* (): AsyncIterable<Uint8Array> {
    for await (const chunk of input) {
      signal?.throwIfAborted();
      observer({ type: 'bytes', done: chunk.length });
      yield chunk;
    }
  };
  const source = await scratch.spool(counted(), '-');
  observer({ type: 'phase-end', name: 'read standard input' });
  return source;
};

interface OpenedTree {
  readonly tree: FileTree;
  readonly isDirectory: boolean;
  readonly file?: ByteSource;
  readonly notes: readonly Note[];
}

const emptyArchive = (name: string): ToolError =>
  new ToolError('ARCHIVE_EMPTY', 'the file is empty', {
    subject: name,
    expected: 'an image archive',
    found: '0 bytes',
  });

const MAGIC = { offset: 257, text: 'ustar' } as const;

/** True for what fails at its first byte as a tar and does not call itself one: most likely it never was. */
const isNoTar = async (file: ByteSource, error: unknown): Promise<boolean> => {
  if (!(error instanceof ToolError) || error.class !== 'input' || error.details.offset !== 0) return false;
  return Buffer.from(await file.readAt(MAGIC.offset, MAGIC.text.length)).toString('latin1') !== MAGIC.text;
};

const unknownFormat = async (file: ByteSource, cause: unknown): Promise<ToolError> =>
  new ToolError('ARCHIVE_UNKNOWN_FORMAT', 'not a tar', {
    subject: file.name,
    offset: 0,
    expected: 'a tar, as it is or compressed by gzip, zstd, bzip2 or xz',
    found: `bytes ${Buffer.from(await file.readAt(0, 8)).toString('hex')}`,
    cause,
  });

const openTree = async (
  location: Location,
  scratch: ScratchDirectory,
  context: OperationContext,
): Promise<OpenedTree> => {
  if (location.transport !== 'stdio' && (await isDirectory(location.path))) {
    return { tree: await openDirectoryTree(location.path, context.limits), isDirectory: true, notes: [] };
  }
  const file =
    location.transport === 'stdio' ? await spoolStdin(scratch, context) : await openFileSource(location.path);
  const sources = [file];
  try {
    if (file.size === 0) throw emptyArchive(file.name);
    const { plain, notes } = await unpackOuter(file, scratch, context);
    sources.push(plain);
    const options = { limits: context.limits, ...(context.signal === undefined ? {} : { signal: context.signal }) };
    const tree = await openTarTree(plain, options).catch(async (error: unknown) => {
      throw (await isNoTar(plain, error)) ? await unknownFormat(plain, error) : error;
    });
    return {
      tree: {
        ...tree,
        close: async () => {
          await tree.close();
          for (const source of sources) await source.close();
        },
      },
      isDirectory: false,
      file,
      notes,
    };
  } catch (error) {
    for (const source of sources) await source.close();
    throw error;
  }
};

/** A transport that was named must be what is there; without one the content decides. */
const checkTransport = (location: Location, opened: OpenedTree, source: ImageSource): void => {
  const isHybrid = opened.tree.entry(DOCKER_MANIFEST_FILE) !== undefined;
  const fits: Readonly<Record<Location['transport'], boolean>> = {
    auto: true,
    stdio: true,
    'docker-archive': !opened.isDirectory && (source.kind === 'docker-archive' || isHybrid),
    'oci-archive': !opened.isDirectory && source.kind === 'oci-layout',
    oci: opened.isDirectory && source.kind === 'oci-layout',
    dir: opened.isDirectory && source.kind === 'directory',
    store: false,
    docker: false,
    'docker-daemon': false,
  };
  if (fits[location.transport]) return;
  throw new ToolError('ARCHIVE_UNKNOWN_FORMAT', 'the location is of another kind than its transport says', {
    subject: location.text,
    expected: `${location.transport}:`,
    found: `${source.kind} in a ${opened.isDirectory ? 'directory' : 'file'}`,
    hint: 'name the path without a transport, and its content tells what it is',
  });
};

/**
 * Opens what a location names and reads its documents, verified. Layers are not read, except compressed ones of a
 * docker-archive, for which nothing else vouches.
 * @param wish what a registry need not be asked for; other places have everything at hand and give it
 * @throws {ToolError} LOCATION_INVALID, TRANSPORT_UNSUPPORTED, FILE_NOT_FOUND and other system errors, and whatever the
 * tar, the format and the documents can be refused for
 */
export const openLocation = async (
  text: string,
  context: OperationContext,
  wish: OpenWish = {},
): Promise<OpenedImages> => {
  const [opened] = await openLocations([text], context, wish);
  invariant(opened !== undefined, 'a location that opened nothing');
  return opened;
};

const openOther = async (location: Location, context: OperationContext, wish: OpenWish): Promise<OpenedImages> => {
  if (location.transport === 'store') return openFromStore(location, context);
  if (location.transport === 'docker') {
    const { openFromRegistry } = await import('./open-registry.js');
    return openFromRegistry(location, wish, context);
  }
  const scratch = scratchDirectory(context.temporary);
  let opened: OpenedTree | undefined;
  try {
    opened = await openTree(location, scratch, context);
    const { limits, threads, signal } = context;
    const source = await openImages(opened.tree, { limits, threads, ...(signal === undefined ? {} : { signal }) });
    checkTransport(location, opened, source);
    const { graph: whole, blobs } = await loadGraph({ ...source, notes: [...opened.notes, ...source.notes] }, limits);
    return {
      location,
      source,
      graph: selectImages(whole, location.selectors),
      whole,
      blobs,
      ...(opened.file === undefined ? {} : { file: opened.file }),
      close: async () => {
        await source.close();
        await scratch.remove();
      },
    };
  } catch (error) {
    await opened?.tree.close();
    await scratch.remove();
    throw error;
  }
};

/** Opens several locations, in their order; all or none. @throws as {@link openLocation} */
export const openLocations = async (
  texts: readonly string[],
  context: OperationContext,
  wish: OpenWish = {},
): Promise<readonly OpenedImages[]> => {
  const store = context.store === undefined ? 'no store' : 'with a store';
  const locations = texts.map((text) => parseLocation(text, context.pathExists, store));
  const isOfEngine = ({ transport }: Location): boolean => transport === 'docker-daemon';
  // All that comes from an engine comes in one export, where shared layers are once.
  const exported = await openFromEngine(locations.filter(isOfEngine), context);
  const opened: OpenedImages[] = [...exported];
  try {
    const byLocation = new Map<Location, OpenedImages>(exported.map((images) => [images.location, images]));
    const inOrder: OpenedImages[] = [];
    for (const location of locations) {
      const images = byLocation.get(location) ?? (await openOther(location, context, wish));
      if (!byLocation.has(location)) opened.push(images);
      inOrder.push(images);
    }
    return inOrder;
  } catch (error) {
    for (const images of opened) await images.close();
    throw error;
  }
};
