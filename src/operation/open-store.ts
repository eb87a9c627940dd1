import { ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import type { BlobReader } from '../content/blob.js';
import type { ContentGraph } from '../content/graph.js';
import type { ImageSource } from '../content/image.js';
import { loadGraph } from '../content/load-graph.js';
import { selectImages } from '../content/select.js';
import { openStoreSource } from '../store/source.js';
import type { OperationContext } from './context.js';
import { type Location, looksLikeFile } from './location.js';
import { storeToRead, withStore } from './store-context.js';

const EITHER = 'an existing path, TRANSPORT:PATH, or the name of an image in the store';

/** Images of the store, opened. */
export interface OpenedFromStore {
  readonly location: Location;
  readonly source: ImageSource;
  readonly graph: ContentGraph;
  readonly whole: ContentGraph;
  readonly blobs: BlobReader;
  readonly close: () => Promise<void>;
}

/** A word can have been meant either way, so the message names both. */
const neitherPathNorName = (error: unknown): unknown => {
  if (!(error instanceof ToolError) || error.code !== 'REFERENCE_NOT_FOUND') return error;
  return new ToolError(error.code, 'no such file or directory, and no such image in the store', {
    ...error.details,
    expected: EITHER,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
};

/**
 * Images of the store, with a lease on them until they are closed.
 * @throws {ToolError} STORE_MISSING, FILE_NOT_FOUND for a bare word, REFERENCE_NOT_FOUND, REFERENCE_AMBIGUOUS; as `openStoreSource` and `loadGraph`
 */
export const openFromStore = async (location: Location, context: OperationContext): Promise<OpenedFromStore> => {
  const store = await storeToRead(withStore(context, location.text), 'read');
  const isBareWord = !location.text.startsWith('store:');
  if (isBareWord && (store === undefined || looksLikeFile(location.text))) {
    throw new ToolError('FILE_NOT_FOUND', 'no such file or directory', {
      subject: excerpt(location.text),
      expected: EITHER,
      hint:
        store === undefined
          ? 'there is no local store either: check the path'
          : 'check the path; for a name in the store, say store:NAME',
    });
  }
  if (store === undefined) {
    throw new ToolError('STORE_MISSING', 'there is no store', {
      subject: location.text,
      hint: 'load an image, or make an empty store with ingot store init',
    });
  }
  const source = await openStoreSource(store, location.selectors).catch((error: unknown) => {
    throw isBareWord ? neitherPathNorName(error) : error;
  });
  try {
    const { graph: whole, blobs } = await loadGraph(source, context.limits);
    return {
      location,
      source,
      graph: selectImages(whole, source.selectors),
      whole,
      blobs,
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
};
