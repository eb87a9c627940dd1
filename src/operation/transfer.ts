import { ToolError } from '../base/error.js';
import type { ContentGraph } from '../content/graph.js';
import { nameFromRefName, nameFromRepoTag } from '../content/name.js';
import { renameImages } from '../content/select.js';
import { type AbsentBlob, planArchive } from '../format/plan.js';
import { DEFAULT_SETTINGS, PROFILES, type ProfileSettings } from '../format/profile.js';
import type { OperationContext } from './context.js';
import type { OpenedImages } from './open.js';
import { placeInEngine } from './engine-place.js';
import type { EngineReceipt } from './engine-receipt.js';
import { type Location, looksLikeFile, parseLocation } from './location.js';
import { placeInDirectory, placeInLayout } from './place.js';
import type { PreparedImages, TransferOptions } from './prepare.js';
import { type CopyReport, type LoadReport, type PushEntry, type StoreReceipt, imageEntries } from './report.js';
import { type SaveOutput, withPrepared, writePlanTo } from './save.js';
import { placeInStore } from './store-place.js';

export interface CopyOptions extends TransferOptions {
  readonly settings: ProfileSettings;
  /** Wait until the disk has an archive. Layouts and directories always do. */
  readonly durable: boolean;
}

/** A destination: a location that says by its transport what is to be written. `-` needs the stream's consumer. */
export interface Destination {
  readonly text: string;
  readonly stdout?: Extract<SaveOutput, { readonly stream: unknown }>['stream'];
}

const destinationOf = (text: string, context: OperationContext): Location => {
  const location = parseLocation(text, context.pathExists, context.store === undefined ? 'no store' : 'with a store');
  if (location.transport === 'store' && looksLikeFile(text)) {
    throw new ToolError('LOCATION_INVALID', 'a bare word is a reference in the store, and this one looks like a file', {
      subject: text,
      expected: 'a transport, or a path that exists or starts with . or /',
      hint: `to write a file of this name, say ./${text}; for a name in the store, say store:${text}`,
    });
  }
  if (location.transport === 'docker-daemon' && location.reference?.startsWith('sha256:') === true) {
    throw new ToolError('LOCATION_INVALID', 'an engine names what it loads itself; only a name can be given', {
      subject: text,
      expected: 'docker-daemon:NAME[:TAG], or docker-daemon: for the names that the images have',
    });
  }
  const isByContent = location.registry?.digest !== undefined || location.registry?.tags !== undefined;
  if (isByContent || location.selectors.some((selector) => selector.by !== 'name')) {
    throw new ToolError('LOCATION_INVALID', 'a destination is named by a reference, not by digest or place', {
      subject: text,
      expected: 'TRANSPORT:PATH[:REF]',
    });
  }
  return location;
};

/** A REF of a destination on disk names the image there; a bare word is a tag in a layout and a repository in Docker's words. */
const withDestinationName = (graph: ContentGraph, location: Location): ContentGraph => {
  if (location.reference === undefined) return graph;
  const isRepoTag = ['docker-archive', 'store', 'docker-daemon'].includes(location.transport);
  const name = isRepoTag ? nameFromRepoTag(location.reference) : nameFromRefName(location.reference);
  return renameImages(graph, [{ to: name }], 'only the new name');
};

const archiveProfile = (location: Location): keyof typeof PROFILES =>
  location.transport === 'oci-archive' ? 'oci-1' : 'hybrid-1';

/** What became of images at their place. */
interface Placed {
  readonly absent: readonly AbsentBlob[];
  /** The images under their names there, where the place decides about names. */
  readonly graph?: ContentGraph;
  readonly push?: PushEntry;
  readonly store?: StoreReceipt;
  readonly engine?: EngineReceipt;
}

interface WriteOptions extends CopyOptions {
  readonly source: string;
  readonly operation: 'copy' | 'load';
  readonly sources: readonly OpenedImages[];
}

const absentIn = (graph: ContentGraph, settings: ProfileSettings): readonly AbsentBlob[] =>
  planArchive(graph, PROFILES['oci-1'], settings, { allowSparse: true }).absent;

const writeTo = async (
  location: Location,
  destination: Destination,
  images: PreparedImages,
  options: WriteOptions,
  context: OperationContext,
): Promise<Placed> => {
  switch (location.transport) {
    case 'docker': {
      const { placeInRegistry } = await import('./registry-place.js');
      // A load keeps names where the destination leaves them open.
      const naming = options.operation === 'load' ? 'kept' : 'given';
      const { graph, push } = await placeInRegistry(location, images, { ...options, naming }, context);
      return { absent: absentIn(graph, options.settings), graph, push };
    }
    case 'store': {
      const store = await placeInStore(location, images, options, context);
      return { absent: absentIn(images.graph, options.settings), store };
    }
    case 'docker-daemon': {
      const { plan, receipt } = await placeInEngine(location, images, options, context);
      return { absent: plan.absent, engine: receipt };
    }
    case 'oci':
      return { absent: (await placeInLayout(location.path, images, options, context)).absent };
    case 'dir':
      await placeInDirectory(location.path, images, options, context);
      return { absent: absentIn(images.graph, options.settings) };
    case 'auto':
    case 'docker-archive':
    case 'oci-archive': {
      const plan = planArchive(images.graph, PROFILES[archiveProfile(location)], options.settings, options);
      await writePlanTo(plan, images, { path: location.path, durable: options.durable }, context);
      return { absent: plan.absent };
    }
    case 'stdio': {
      if (destination.stdout === undefined)
        throw new ToolError('LOCATION_INVALID', 'standard output is not to be had here', { subject: '-' });
      const plan = planArchive(images.graph, PROFILES['hybrid-1'], options.settings, options);
      await writePlanTo(plan, images, { stream: destination.stdout }, context);
      return { absent: plan.absent };
    }
  }
};

const transfer = async (
  operation: 'copy' | 'load',
  source: string,
  destination: Destination,
  options: CopyOptions,
  context: OperationContext,
): Promise<CopyReport> => {
  const location = destinationOf(destination.text, context);
  return withPrepared([source], options, context, async (prepared, sources) => {
    const named = withDestinationName(prepared.graph, location);
    const more = { ...options, source, operation, sources };
    const {
      absent,
      graph = named,
      ...receipts
    } = await writeTo(location, destination, { ...prepared, graph: named }, more, context);
    return {
      source,
      destination: destination.text,
      images: imageEntries(graph),
      changes: prepared.changes,
      dropped: prepared.dropped,
      absent,
      notes: graph.notes,
      ...receipts,
    };
  });
};

/**
 * `copy`: images from one location to another, digests preserved or the reason why not.
 * @throws {ToolError} whatever the source can be refused for; DESTINATION_UNFIT, LOCATION_INVALID; system errors
 */
export const copy = (
  source: string,
  destination: Destination,
  options: CopyOptions,
  context: OperationContext,
): Promise<CopyReport> => transfer('copy', source, destination, options, context);

/** `load`: as `copy`, but a place that leaves names open gets the images by their own. @throws as {@link copy} */
export const load = async (
  source: string,
  destination: Destination,
  options: CopyOptions,
  context: OperationContext,
): Promise<LoadReport> => {
  const { dropped: _dropped, ...report } = await transfer('load', source, destination, options, context);
  return report;
};

/** `load --list`: what would be loaded. Documents are verified, layers are not read. */
export const listLoad = async (
  source: string,
  options: TransferOptions,
  context: OperationContext,
): Promise<LoadReport> =>
  withPrepared([source], { ...options, layers: 'keep', deep: false }, context, async (prepared) => {
    const plan = planArchive(prepared.graph, PROFILES['oci-1'], DEFAULT_SETTINGS, { allowSparse: true });
    return {
      source,
      images: imageEntries(prepared.graph),
      changes: [],
      absent: plan.absent,
      notes: prepared.graph.notes,
    };
  });
