import type { ByteStream } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { verifiedBlobs } from '../content/blob.js';
import { type ContentGraph, type GraphRoot, imagesOf, nodeOf } from '../content/graph.js';
import { nameText } from '../content/name.js';
import { type ArchivePlan, planArchive } from '../format/plan.js';
import { PROFILES, type ProfileSettings } from '../format/profile.js';
import { writeArchive } from '../format/write.js';
import type { Digest } from '../oci/digest.js';
import type { Engine } from '../transport/engine/engine.js';
import type { OperationContext } from './context.js';
import { engineOf } from './engine-context.js';
import { aloneInEngine } from './engine-lock.js';
import { type ArrivedImage, type EngineReceipt, arrivalOf } from './engine-receipt.js';
import type { Location } from './location.js';
import type { PreparedImages } from './prepare.js';

async function* counted(stream: ByteStream, context: OperationContext): ByteStream {
  for await (const chunk of stream) {
    yield chunk;
    context.observer({ type: 'bytes', done: chunk.length });
  }
}

/** One load, and another if somebody else removed images meanwhile. @throws {ToolError} ENGINE_LOAD_REFUSED */
const loadArchive = async (
  engine: Engine,
  archive: () => ByteStream,
  location: Location,
  context: OperationContext,
): Promise<void> => {
  const first = await engine.load(archive(), context.signal);
  const result = first.outcome === 'refused' && first.isRace ? await engine.load(archive(), context.signal) : first;
  if (result.outcome === 'done') return;
  throw new ToolError('ENGINE_LOAD_REFUSED', 'the engine does not take the archive', {
    subject: location.text,
    found: result.message,
    hint: result.isRace
      ? 'somebody prunes this engine all the time: try again later'
      : `look at the log of the engine at ${engine.info.endpoint}, and at the room on its disk`,
  });
};

/** IDs that the engine may give to a root: of its configs, or the root's own digest. */
const expectedIDs = (engine: Engine, graph: ContentGraph, root: GraphRoot): readonly Digest[] => {
  if (engine.info.traits.imageIDIsManifest) return [root.descriptor.digest];
  return imagesOf(graph, root.descriptor.digest).flatMap(({ manifest }) =>
    manifest?.value.kind === 'manifest' ? [manifest.value.config.digest] : [],
  );
};

const differs = (location: Location, subject: string, expected: readonly Digest[], found: string): ToolError =>
  new ToolError('ENGINE_LOAD_DIFFERS', 'the engine has not the image that was loaded', {
    subject: `${location.text}: ${subject}`,
    expected: expected.join(' or '),
    found,
  });

/** What an engine has of a root now, looked up by each of its names, or by its ID. @throws {ToolError} ENGINE_LOAD_DIFFERS */
const readBack = async (
  engine: Engine,
  graph: ContentGraph,
  root: GraphRoot,
  location: Location,
): Promise<ArrivedImage | undefined> => {
  const expected = expectedIDs(engine, graph, root);
  const { kind } = nodeOf(graph, root.descriptor.digest);
  // Artifacts and referrers are content that engines may keep or leave.
  if (expected.length === 0 || kind === 'artifact-manifest') return undefined;
  // A bare tag is no name for an engine.
  const names = root.names.flatMap((name) => (name.kind === 'reference' ? [nameText(name)] : []));
  let id: Digest | undefined;
  for (const name of names) {
    const image = await engine.image(name);
    if (image === undefined || !expected.includes(image.id))
      throw differs(location, name, expected, image?.id ?? 'no image of this name');
    id = image.id;
  }
  for (const candidate of names.length > 0 ? [] : expected) id ??= (await engine.image(candidate))?.id;
  if (id === undefined) throw differs(location, root.descriptor.digest, expected, 'no image');
  return arrivalOf(engine.info, graph, root, id, names);
};

/**
 * Images into an engine: one canonical archive, streamed, and looked at afterwards.
 * @throws {ToolError} ENGINE_LOAD_REFUSED, ENGINE_LOAD_DIFFERS, ENGINE_BUSY; as `engineOf` and the blob reader
 */
export const placeInEngine = async (
  location: Location,
  images: PreparedImages,
  options: { readonly allowSparse: boolean; readonly settings: ProfileSettings },
  context: OperationContext,
): Promise<{ readonly plan: ArchivePlan; readonly receipt: EngineReceipt }> => {
  const plan = planArchive(images.graph, PROFILES['hybrid-1'], options.settings, options);
  const blobs = verifiedBlobs(images.blobs);
  const engine = await engineOf(context, location.text);
  try {
    const { kind, version, endpoint, store } = engine.info;
    const phase = `load into ${kind}`;
    const arrived = await aloneInEngine(engine.info, `load ${location.text}`, context, async () => {
      context.observer({ type: 'phase', name: phase, total: plan.size });
      await loadArchive(engine, () => counted(writeArchive(plan, blobs, context.signal), context), location, context);
      context.observer({ type: 'phase-end', name: phase });
      const found: ArrivedImage[] = [];
      for (const root of images.graph.roots) {
        const image = await readBack(engine, images.graph, root, location);
        if (image !== undefined) found.push(image);
      }
      return found;
    });
    return { plan, receipt: { kind, version, endpoint, store, images: arrived } };
  } finally {
    engine.close();
  }
};
