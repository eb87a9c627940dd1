import { utf8 } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { hashHex } from '../base/hash.js';
import { type Digest, tryParseDigest } from '../oci/digest.js';
import { readWhole, writeWhole } from './file.js';
import type { Link } from './reach.js';
import { STORE_FORMAT } from './state.js';
import type { Store } from './store.js';

/**
 * Which documents lead where, remembered from one measuring to the next. A document never changes under its digest, so
 * what is remembered stays true while the document is there; whoever asks has to look whether it is. Only measuring
 * uses this: what is removed is decided by documents that were read and verified at that time.
 */
export type LinkMemory = ReadonlyMap<Digest, readonly Link[]>;

/** Fewer documents are read again sooner than remembered. */
const WORTHWHILE = 100;

/** Links of one document: digest, place of the media type in the list, 1 for a subject. */
type StoredLink = readonly [digest: string, type: number, subject: number];

const isStoredLink = (value: unknown): value is StoredLink =>
  Array.isArray(value) &&
  value.length === 3 &&
  typeof value[0] === 'string' &&
  Number.isSafeInteger(value[1]) &&
  (value[2] === 0 || value[2] === 1);

const decodeLinks = (stored: unknown, types: readonly unknown[]): readonly Link[] | undefined => {
  if (!Array.isArray(stored)) return undefined;
  const links: Link[] = [];
  for (const item of stored as readonly unknown[]) {
    if (!isStoredLink(item)) return undefined;
    const digest = tryParseDigest(item[0]);
    const mediaType = types[item[1]];
    if (digest === undefined || typeof mediaType !== 'string') return undefined;
    links.push({ digest, mediaType, isSubject: item[2] === 1 });
  }
  return links;
};

const decode = (body: string): LinkMemory => {
  const memory = new Map<Digest, readonly Link[]>();
  const value: unknown = JSON.parse(body);
  if (typeof value !== 'object' || value === null || !('documents' in value) || !('types' in value)) return memory;
  const { documents, types } = value;
  if (!('format' in value) || value.format !== STORE_FORMAT || !Array.isArray(types)) return memory;
  if (typeof documents !== 'object' || documents === null) return memory;
  for (const [text, stored] of Object.entries(documents)) {
    const digest = tryParseDigest(text);
    const links = decodeLinks(stored, types);
    if (digest !== undefined && links !== undefined) memory.set(digest, links);
  }
  return memory;
};

/** What an earlier measuring has left; nothing if it is torn, changed or of another format. */
export const loadLinks = async (store: Store): Promise<LinkMemory> => {
  try {
    const bytes = await readWhole(store.paths.links, store.limits.storeState, 'STORE_STATE_INVALID');
    const text = Buffer.from(bytes ?? []).toString('utf8');
    const at = text.indexOf('\n');
    const body = text.slice(at + 1);
    return at === 64 && text.slice(0, at) === hashHex('sha256', utf8(body)) ? decode(body) : new Map();
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof ToolError)) throw error;
    return new Map();
  }
};

/** Leaves what was read for the next time. A store that cannot be written goes without. */
export const saveLinks = async (store: Store, memory: LinkMemory): Promise<void> => {
  if (memory.size < WORTHWHILE) return;
  const types = new Map<string, number>();
  const typeOf = (mediaType: string): number => {
    const place = types.get(mediaType) ?? types.size;
    types.set(mediaType, place);
    return place;
  };
  const documents: Record<string, readonly StoredLink[]> = {};
  for (const [digest, links] of memory) {
    documents[digest] = links.map((link) => [link.digest, typeOf(link.mediaType), link.isSubject === true ? 1 : 0]);
  }
  const body = JSON.stringify({ documents, format: STORE_FORMAT, types: [...types.keys()] });
  const bytes = utf8(`${hashHex('sha256', utf8(body))}\n${body}`);
  await writeWhole(store.paths.links, bytes, { durable: false }).catch(() => {});
};
