import { ToolError } from '../base/error.js';
import { type JsonValue, isJsonObject } from '../base/json.js';
import { parseJson } from '../base/json-parse.js';
import { decodeImageConfig } from '../oci/image-config.js';
import { type Digest, tryParseDigest } from '../oci/digest.js';
import { roleOf } from '../oci/media-type.js';
import { formatPlatform } from '../oci/platform.js';
import { utf8 } from '../base/bytes.js';
import { canonicalText, mapText } from './canonical-text.js';
import { findBlob, readDocument } from './content.js';
import { readWhole, writeWhole } from './file.js';
import { Reach } from './reach.js';
import { STORE_FORMAT } from './state.js';
import type { Store } from './store.js';

/** What an image says about itself. Follows from its digest, so it never changes. */
export interface ImageFacts {
  readonly kind: 'image' | 'index' | 'artifact';
  /** The config's digest; of an image. */
  readonly imageID?: Digest;
  /** `os/architecture[/variant]` of the image, or of each image of an index. */
  readonly platforms: readonly string[];
  /** As the image says it. */
  readonly created?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What the image refers to by its `subject`. */
  readonly subject?: Digest;
  /** Bytes of all that it is made of, itself included, as far as it was there. */
  readonly size: number;
  /** Whether something of it was not there. */
  readonly isPartial: boolean;
}

type FactBook = Map<Digest, ImageFacts>;

const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const isStringRecord = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string');

const isFacts = (value: unknown): value is ImageFacts => {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, imageID, platforms, created, labels, subject, size, isPartial } = value as Partial<
    Record<keyof ImageFacts, unknown>
  >;
  const isDigestOrNothing = (text: unknown): boolean =>
    text === undefined || (typeof text === 'string' && tryParseDigest(text) !== undefined);
  return (
    (kind === 'image' || kind === 'index' || kind === 'artifact') &&
    isDigestOrNothing(imageID) &&
    isDigestOrNothing(subject) &&
    isStrings(platforms) &&
    isStringRecord(labels) &&
    (created === undefined || typeof created === 'string') &&
    Number.isSafeInteger(size) &&
    typeof isPartial === 'boolean'
  );
};

/** A memory of what was computed before. Whatever is odd about it, it is computed again. */
const loadFacts = async (store: Store): Promise<FactBook> => {
  const book: FactBook = new Map();
  try {
    const bytes = await readWhole(store.paths.facts, store.limits.storeState, 'STORE_STATE_INVALID');
    const value: unknown = bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof value !== 'object' || value === null || !('facts' in value) || !('format' in value)) return book;
    if (value.format !== STORE_FORMAT || typeof value.facts !== 'object' || value.facts === null) return book;
    for (const [text, facts] of Object.entries(value.facts)) {
      const digest = tryParseDigest(text);
      if (digest !== undefined && isFacts(facts)) book.set(digest, facts);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof ToolError)) throw error;
  }
  return book;
};

const saveFacts = async (store: Store, book: ReadonlyMap<Digest, ImageFacts>): Promise<void> => {
  const facts = mapText([...book].map(([digest, value]) => [digest, canonicalText(value)]));
  const text = mapText([
    ['facts', facts],
    ['format', String(STORE_FORMAT)],
  ]);
  // A store that cannot be written is read as well without.
  await writeWhole(store.paths.facts, utf8(text), { durable: false }).catch(() => {});
};

const documentOf = (store: Store, digest: Digest): JsonValue | undefined => {
  const blob = findBlob(store.paths, digest);
  if (blob === undefined || blob.size > store.limits.document) return undefined;
  const bytes = readDocument(store.paths, digest);
  if (bytes === undefined) return undefined;
  return parseJson(bytes, { subject: digest, depth: store.limits.jsonDepth, onDuplicateKey: () => {} });
};

const digestIn = (value: JsonValue | undefined): Digest | undefined => {
  const text = isJsonObject(value) ? value['digest'] : undefined;
  return typeof text === 'string' ? tryParseDigest(text) : undefined;
};

const sizeOf = async (
  store: Store,
  reach: Reach,
  digest: Digest,
  mediaType: string,
): Promise<Pick<ImageFacts, 'size' | 'isPartial'>> => {
  const parts = await reach.from([{ digest, mediaType, owner: digest }], 'without subjects');
  let size = 0;
  let isPartial = false;
  for (const part of parts) {
    const blob = findBlob(store.paths, part);
    size += blob?.size ?? 0;
    isPartial ||= blob === undefined;
  }
  return { size, isPartial };
};

/** Of one image, as its config tells. */
const configFacts = (
  store: Store,
  config: Digest,
): Pick<ImageFacts, 'platforms' | 'created' | 'labels'> | undefined => {
  const value = documentOf(store, config);
  if (value === undefined) return undefined;
  try {
    const { platform, created, labels } = decodeImageConfig(value, config);
    return {
      platforms: [formatPlatform(platform)],
      labels: Object.fromEntries(labels),
      ...(created === undefined ? {} : { created }),
    };
  } catch (error) {
    if (error instanceof ToolError && error.class === 'input') return undefined;
    throw error;
  }
};

const platformsOf = (store: Store, manifests: readonly JsonValue[]): readonly string[] => {
  const found = manifests.flatMap((child) => {
    const digest = digestIn(child);
    if (digest === undefined || !isJsonObject(child)) return [];
    const manifest = documentOf(store, digest);
    const config = isJsonObject(manifest) ? digestIn(manifest['config']) : undefined;
    const facts = config === undefined ? undefined : configFacts(store, config);
    return facts === undefined ? [] : facts.platforms;
  });
  return [...new Set(found.filter((platform) => !platform.startsWith('unknown/')))];
};

const compute = async (store: Store, reach: Reach, digest: Digest, mediaType: string): Promise<ImageFacts> => {
  const value = documentOf(store, digest);
  const object = isJsonObject(value) ? value : {};
  const subject = digestIn(object['subject']);
  const shared = { ...(await sizeOf(store, reach, digest, mediaType)), ...(subject === undefined ? {} : { subject }) };
  const manifests = object['manifests'];
  if (roleOf(mediaType) === 'index' && Array.isArray(manifests)) {
    return { kind: 'index', platforms: platformsOf(store, manifests), labels: {}, ...shared };
  }
  const imageID = digestIn(object['config']);
  const facts = imageID === undefined ? undefined : configFacts(store, imageID);
  if (facts === undefined || imageID === undefined) return { kind: 'artifact', platforms: [], labels: {}, ...shared };
  return { kind: 'image', imageID, ...facts, ...shared };
};

const unreadable: ImageFacts = { kind: 'artifact', platforms: [], labels: {}, size: 0, isPartial: true };

/**
 * Facts of images by their digest, from memory where they are known. A damaged image has next to none, so that a list
 * of images can show it.
 * @param isWhole whether these are all images of the store, so that the memory can forget others
 * @throws {ToolError} system errors
 */
export const factsOf = async (
  store: Store,
  images: readonly { readonly digest: Digest; readonly mediaType: string }[],
  isWhole: boolean,
): Promise<ReadonlyMap<Digest, ImageFacts>> => {
  const book = await loadFacts(store);
  const reach = new Reach(store.paths, store.limits, store.signal);
  const facts = new Map<Digest, ImageFacts>();
  let isChanged = false;
  for (const { digest, mediaType } of images) {
    if (facts.has(digest)) continue;
    const known = book.get(digest);
    if (known !== undefined && !known.isPartial) {
      facts.set(digest, known);
      continue;
    }
    const computed = await compute(store, reach, digest, mediaType).catch((error: unknown) => {
      if (error instanceof ToolError && error.class === 'input') return unreadable;
      throw error;
    });
    facts.set(digest, computed);
    isChanged ||= !computed.isPartial;
  }
  const isOvergrown = isWhole && book.size > 2 * facts.size + 100;
  if (isChanged || isOvergrown) await saveFacts(store, isOvergrown ? facts : new Map([...book, ...facts]));
  return facts;
};
