import type { ByteSource, ByteStream } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import { openTarTree } from '../codec/tar-index.js';
import type { BlobReader } from '../content/blob.js';
import { type ContentGraph, imagesOf } from '../content/graph.js';
import type { ImageSource } from '../content/image.js';
import { loadGraph } from '../content/load-graph.js';
import { type ImageSelector, selectImages } from '../content/select.js';
import { openImages } from '../format/detect.js';
import { type Digest, tryParseKnownDigest } from '../oci/digest.js';
import { formatReference, tryParseReference } from '../oci/reference.js';
import type { Engine, EngineImageDetail } from '../transport/engine/engine.js';
import { scratchDirectory } from '../transport/scratch.js';
import type { OperationContext } from './context.js';
import { engineOf } from './engine-context.js';
import { checkExportEnd } from './engine-export.js';
import type { Location } from './location.js';

/** Images of an engine, exported and opened. */
export interface OpenedFromEngine {
  readonly location: Location;
  readonly source: ImageSource;
  readonly graph: ContentGraph;
  readonly whole: ContentGraph;
  readonly blobs: BlobReader;
  /** The engine's export as it is. */
  readonly file: ByteSource;
  readonly close: () => Promise<void>;
}

/** An image that is wanted, and how the engine and its export name it. */
interface Wanted {
  readonly location: Location;
  readonly id: Digest;
  /** For the request. */
  readonly ref: string;
  readonly selector: ImageSelector;
}

const wantedOf = (location: Location, reference: string, image: EngineImageDetail): Wanted => {
  const known = tryParseReference(reference);
  const name = known === undefined || known.digest !== undefined ? undefined : formatReference(known);
  // What was meant by its ID comes by its ID, whatever names it has.
  const isNamed = name !== undefined && image.names.includes(name) && tryParseKnownDigest(reference) === undefined;
  return isNamed
    ? { location, id: image.id, ref: name, selector: { by: 'name', text: name } }
    : { location, id: image.id, ref: image.id, selector: { by: 'digest', digest: image.id } };
};

const lookUp = async (location: Location, engine: Engine): Promise<Wanted> => {
  const { reference, text } = location;
  if (reference === undefined) {
    throw new ToolError('LOCATION_INVALID', 'an engine without an image', {
      subject: text,
      expected: 'docker-daemon:NAME[:TAG] or docker-daemon:ID',
      hint: 'ingot engine images lists what it has',
    });
  }
  const image = await engine.image(reference);
  if (image !== undefined) return wantedOf(location, reference, image);
  throw new ToolError('REFERENCE_NOT_FOUND', 'the engine has no such image', {
    subject: text,
    found: engine.info.endpoint,
    hint:
      engine.info.store === 'containerd'
        ? 'ingot engine images lists what it has; images of the other store of Docker are hidden'
        : 'ingot engine images lists what it has',
  });
};

const broken = (engine: Engine, what: string, subject: string, found: string, cause?: unknown): ToolError =>
  new ToolError('ENGINE_EXPORT_BROKEN', what, {
    subject,
    found: excerpt(found, 400),
    hint: `try again, and look at the log of the engine at ${engine.info.endpoint}`,
    ...(cause === undefined ? {} : { cause }),
  });

async function* counted(stream: ByteStream, context: OperationContext): ByteStream {
  for await (const chunk of stream) {
    yield chunk;
    context.observer({ type: 'bytes', done: chunk.length });
  }
}

/** The image that was asked for, and no other that has got its name meanwhile. */
const selectWanted = (whole: ContentGraph, wanted: Wanted, engine: Engine): ContentGraph => {
  let graph: ContentGraph;
  try {
    graph = selectImages(whole, [wanted.selector]);
  } catch (cause) {
    if (!(cause instanceof ToolError) || cause.code !== 'REFERENCE_NOT_FOUND') throw cause;
    throw broken(engine, 'the image is not in the export', wanted.location.text, cause.details.found ?? '', cause);
  }
  const ids = graph.roots.flatMap((root) => [
    root.descriptor.digest,
    ...imagesOf(graph, root.descriptor.digest).flatMap(({ manifest }) =>
      manifest?.value.kind === 'manifest' ? [manifest.value.config.digest] : [],
    ),
  ]);
  if (ids.includes(wanted.id)) return graph;
  throw broken(engine, 'the export has another image of this name', wanted.location.text, ids.join(', '));
};

const inputErrorsAs = (engine: Engine, subject: string, error: unknown): unknown =>
  error instanceof ToolError && error.code.startsWith('TAR_')
    ? broken(engine, 'the export is not a whole tar', subject, error.message, error)
    : error;

/**
 * Images of an engine, in one export that is kept in a private file until all are closed.
 * @throws {ToolError} REFERENCE_NOT_FOUND, REFERENCE_AMBIGUOUS, LOCATION_INVALID, ENGINE_EXPORT_BROKEN; as `engineOf`,
 * and whatever the archive can be refused for
 */
export const openFromEngine = async (
  locations: readonly Location[],
  context: OperationContext,
): Promise<readonly OpenedFromEngine[]> => {
  const [first] = locations;
  if (first === undefined) return [];
  const engine = await engineOf(context, first.text);
  const scratch = scratchDirectory(context.temporary);
  const { limits, threads, signal, observer } = context;
  let close = async (): Promise<void> => scratch.remove();
  try {
    const wanted: Wanted[] = [];
    for (const location of locations) wanted.push(await lookUp(location, engine));
    const subject = locations.map(({ text }) => text).join(' ');
    const phase = `export from ${engine.info.kind}`;
    observer({ type: 'phase', name: phase });
    const refs = [...new Set(wanted.map(({ ref }) => ref))];
    const file = await scratch.spool(counted(await engine.save(refs, signal), context), subject);
    close = async () => {
      await file.close();
      await scratch.remove();
    };
    observer({ type: 'phase-end', name: phase });
    await checkExportEnd(file, engine.info.endpoint);
    const options = { limits, ...(signal === undefined ? {} : { signal }) };
    const tree = await openTarTree(file, options).catch((error: unknown) => {
      throw inputErrorsAs(engine, subject, error);
    });
    const source = await openImages(tree, { ...options, threads });
    close = async () => {
      await source.close();
      await file.close();
      await scratch.remove();
    };
    const { graph: whole, blobs } = await loadGraph(source, limits);
    let open = wanted.length;
    return wanted.map((one) => {
      let isOpen = true;
      return {
        location: one.location,
        source,
        graph: selectWanted(whole, one, engine),
        whole,
        blobs,
        file,
        close: async () => {
          if (!isOpen) return;
          isOpen = false;
          open--;
          if (open === 0) await close();
        },
      };
    });
  } catch (error) {
    await close();
    throw error;
  } finally {
    engine.close();
  }
};
