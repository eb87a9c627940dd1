import { ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import { refNameOf } from '../content/name.js';
import { type Digest, encodedOf, tryParseKnownDigest } from '../oci/digest.js';
import { formatReference, tryParseReference } from '../oci/reference.js';
import type { StoreState } from './draft.js';
import { type ImageFacts, factsOf } from './facts.js';
import { type StoreEntry, nameOf } from './index-entry.js';
import { nearNames } from './near.js';
import type { Store } from './store.js';

/** An image that a user means. */
export interface Resolved {
  /** One entry of it. */
  readonly entry: StoreEntry;
  readonly digest: Digest;
  /** By a name: that name. By digest or ID: undefined, which means the image with all its names. */
  readonly name?: string;
}

const SHORT_ID = /^(?:sha256:|@?sha256:)?([0-9a-f]{4,64})$/;

const listOf = (texts: readonly string[]): string => {
  const shown = texts.slice(0, 10).map((text) => excerpt(text, 200));
  return texts.length > shown.length
    ? `${shown.join(', ')}, and ${texts.length - shown.length} more`
    : shown.join(', ');
};

const ambiguous = (text: string, found: readonly string[], hint: string): ToolError =>
  new ToolError('REFERENCE_AMBIGUOUS', 'several images fit', {
    subject: text,
    expected: 'one image',
    found: listOf(found),
    hint,
  });

const notFound = (state: StoreState, text: string): ToolError => {
  const names = state.index.entries.flatMap(({ nameText }) => (nameText === '' ? [] : [nameText]));
  const near = nearNames(text, names);
  return new ToolError('REFERENCE_NOT_FOUND', 'no such image in the store', {
    subject: text,
    found: near.length > 0 ? `near names: ${listOf(near)}` : names.length === 0 ? 'no image at all' : 'no name like it',
    hint: near[0] === undefined ? 'ingot images lists what is there' : `did you mean ${excerpt(near[0], 200)}?`,
  });
};

const describe = (entry: StoreEntry): string => (entry.nameText === '' ? entry.digest : entry.nameText);

/** Entries by the first of these that fits any: the name as written, as Docker completes it, its tag. */
const byName = (state: StoreState, text: string): readonly StoreEntry[] => {
  const reference = tryParseReference(text);
  const full = reference === undefined ? undefined : formatReference(reference);
  const named = state.index.entries.filter(({ nameText }) => nameText !== '');
  const tests: readonly ((entry: StoreEntry) => boolean)[] = [
    ({ nameText }) => nameText === text,
    ({ nameText }) => nameText === full,
    // A tag is the end of its name, which rules out most entries without reading their names.
    (entry) => {
      const name = entry.nameText.endsWith(text) ? nameOf(entry) : undefined;
      return name !== undefined && refNameOf(name) === text;
    },
  ];
  for (const test of tests) {
    const found = named.filter(test);
    if (found.length > 0) return found;
  }
  return [];
};

const distinct = (entries: readonly StoreEntry[]): readonly StoreEntry[] => [
  ...new Map(entries.map((entry) => [entry.digest, entry])).values(),
];

/** `repo@digest`: the digest counts, and the name must be one of its own. */
const digestPart = (text: string): { readonly digest?: Digest; readonly name: string } => {
  const at = text.lastIndexOf('@');
  const digest = tryParseKnownDigest(text.slice(at + 1));
  return digest === undefined ? { name: text } : { digest, name: at < 1 ? '' : text.slice(0, at) };
};

/** Asks for what images are only when names and digests did not settle it. */
export type FactSource = () => Promise<ReadonlyMap<Digest, ImageFacts>>;

const byId = async (state: StoreState, hex: string, facts: FactSource): Promise<readonly StoreEntry[]> => {
  const byDigest = state.index.entries.filter(({ digest }) => encodedOf(digest).startsWith(hex));
  if (byDigest.length > 0 && hex.length === 64) return distinct(byDigest);
  const known = await facts();
  const byImage = state.index.entries.filter(({ digest }) => {
    const id = known.get(digest)?.imageID;
    return id !== undefined && encodedOf(id).startsWith(hex);
  });
  return distinct([...byDigest, ...byImage]);
};

/** Facts of every image of a state, computed once. */
export const factSource = (store: Store, state: StoreState): FactSource => {
  let facts: Promise<ReadonlyMap<Digest, ImageFacts>> | undefined;
  return () => (facts ??= factsOf(store, state.index.entries, true));
};

/**
 * The one image that a text means: a name, a tag that only one image has, a digest, an image ID, or the beginning of
 * one of at least four digits.
 * @throws {ToolError} REFERENCE_NOT_FOUND with names that are near, REFERENCE_AMBIGUOUS
 */
export const resolveImage = async (state: StoreState, text: string, facts: FactSource): Promise<Resolved> => {
  const { digest, name } = digestPart(text);
  const exact =
    digest === undefined ? byName(state, text) : state.index.entries.filter(({ nameText }) => nameText === text);
  const images = distinct(exact);
  if (exact.length > 1) throw ambiguous(text, exact.map(describe), 'give the full name');
  const [only] = images;
  if (only !== undefined) return { entry: only, digest: only.digest, name: only.nameText };
  const hex = digest === undefined ? SHORT_ID.exec(text)?.[1] : encodedOf(digest);
  if (hex === undefined) throw notFound(state, text);
  const found = await byId(state, hex, facts);
  const [entry, another] = found;
  if (entry === undefined) throw notFound(state, text);
  if (another !== undefined)
    throw ambiguous(text, found.map(describe), 'give more digits of the ID, or the digest of the manifest');
  if (name !== '' && digest !== undefined && !hasRepository(state, entry.digest, name)) throw notFound(state, text);
  return { entry, digest: entry.digest };
};

const hasRepository = (state: StoreState, digest: Digest, repository: string): boolean => {
  const wanted = tryParseReference(repository);
  return state.index.entries.some((entry) => {
    const name = entry.digest === digest ? nameOf(entry) : undefined;
    return (
      name?.kind === 'reference' && name.reference.domain === wanted?.domain && name.reference.path === wanted.path
    );
  });
};
