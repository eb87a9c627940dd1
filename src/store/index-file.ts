import { utf8 } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import type { Note } from '../base/event.js';
import { type JsonObject, type JsonValue, isJsonArray, isJsonObject } from '../base/json.js';
import { parseJson } from '../base/json-parse.js';
import type { Limits } from '../base/limits.js';
import { compareBytes } from '../base/order.js';
import { type Digest, digestOf } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-type.js';
import { canonicalText, mapText } from './canonical-text.js';
import { readWhole } from './file.js';
import { type StoreEntry, indexInvalid, ownEntry, parseEntry, withoutName } from './index-entry.js';

/** `index.json` of the store: one entry a name, sorted by (name, digest), entries without a name last. */
export interface StoreIndex {
  readonly entries: readonly StoreEntry[];
  /** Members of the document that mean nothing here. */
  readonly others: JsonObject;
}

export const emptyIndex = (): StoreIndex => ({ entries: [], others: {} });

const compareEntries = (a: StoreEntry, b: StoreEntry): number =>
  Number(a.nameText === '') - Number(b.nameText === '') ||
  compareBytes(a.nameText, b.nameText) ||
  compareBytes(a.digest, b.digest);

/** The one order of entries. An entry without a name says nothing beside a named one of the same digest. */
export const sortEntries = (entries: readonly StoreEntry[]): readonly StoreEntry[] => {
  const named = new Set(entries.filter(({ nameText }) => nameText !== '').map(({ digest }) => digest));
  const unnamed = new Map(
    entries.filter((entry) => entry.nameText === '' && !named.has(entry.digest)).map((entry) => [entry.digest, entry]),
  );
  return [...entries.filter(({ nameText }) => nameText !== ''), ...unnamed.values()].toSorted(compareEntries);
};

/** The bytes of `index.json`. */
export const indexBytes = ({ entries, others }: StoreIndex): Uint8Array =>
  utf8(
    mapText([
      ...Object.entries(others).map(([key, value]): readonly [string, string] => [key, canonicalText(value)]),
      [
        'manifests',
        `[${sortEntries(entries)
          .map(({ text }) => text)
          .join(',')}]`,
      ],
      ['mediaType', JSON.stringify(MEDIA_TYPE.index)],
      ['schemaVersion', '2'],
    ]),
  );

/**
 * @param isOwn whether Ingot itself has written these very bytes, so that they need not be looked at so closely
 * @throws {ToolError} STORE_INDEX_INVALID
 */
export const parseIndex = (bytes: Uint8Array, subject: string, limits: Limits, isOwn: boolean): StoreIndex => {
  try {
    const value = isOwn
      ? (JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonValue)
      : parseJson(bytes, { subject, depth: limits.jsonDepth });
    const manifests = isJsonObject(value) ? (value['manifests'] ?? []) : undefined;
    if (!isJsonObject(value) || !isJsonArray(manifests) || value['schemaVersion'] !== 2) {
      throw new ToolError('STORE_INDEX_INVALID', 'not an image index', {
        subject,
        expected: 'schemaVersion 2 and manifests',
      });
    }
    const { manifests: _manifests, mediaType: _mediaType, schemaVersion: _version, ...others } = value;
    // What cannot be written again is found now, not after the change.
    canonicalText(others);
    const entries = manifests.map(
      (entry, at) => (isOwn ? ownEntry(entry) : undefined) ?? parseEntry(entry, subject, `/manifests/${at}`),
    );
    return { entries, others };
  } catch (error) {
    throw error instanceof ToolError ? indexInvalid(subject, error) : error;
  }
};

/** What stands in the file now. */
export interface ReadIndex {
  readonly index: StoreIndex;
  /** Of the bytes; tells whether somebody else has written since. */
  readonly digest: Digest;
  readonly isThere: boolean;
}

const NOTHING = digestOf(new Uint8Array(0));

export const readIndexBytes = async (
  path: string,
  limits: Limits,
): Promise<{ readonly bytes?: Uint8Array; readonly digest: Digest }> => {
  const bytes = await readWhole(path, limits.storeState, 'STORE_INDEX_INVALID');
  return bytes === undefined ? { digest: NOTHING } : { bytes, digest: digestOf(bytes) };
};

/** How often and for how long, in milliseconds, a torn index is read again. */
const TORN = { tries: 10, pause: 50 } as const;

/**
 * Reads the index. Other tools write it in place, so what looks torn is read again for half a second.
 * @param own digest of the bytes that Ingot last wrote
 * @throws {ToolError} STORE_INDEX_INVALID, STORE_TAMPERED; system errors
 */
export const readIndex = async (path: string, limits: Limits, own?: Digest): Promise<ReadIndex> => {
  for (let tries = 1; ; tries++) {
    const { bytes, digest } = await readIndexBytes(path, limits);
    if (bytes === undefined) return { index: emptyIndex(), digest, isThere: false };
    try {
      return { index: parseIndex(bytes, path, limits, digest === own), digest, isThere: true };
    } catch (error) {
      if (tries >= TORN.tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, TORN.pause));
    }
  }
};

/**
 * One meaning for each name. Where several entries claim one, the last counts, as readers have it, but one that
 * another tool has stripped of its `ref.name` yields; the others stay as images without a name.
 */
export const settleNames = (index: StoreIndex): { readonly index: StoreIndex; readonly notes: readonly Note[] } => {
  const owners = new Map<string, StoreEntry>();
  const claims = new Map<string, number>();
  for (const entry of index.entries) {
    if (entry.nameText === '') continue;
    const owner = owners.get(entry.nameText);
    claims.set(entry.nameText, (claims.get(entry.nameText) ?? 0) + 1);
    if (owner === undefined || !entry.isHalfNamed || owner.isHalfNamed) owners.set(entry.nameText, entry);
  }
  const doubled = [...claims].filter(([, count]) => count > 1).map(([name]) => name);
  if (doubled.length === 0) return { index, notes: [] };
  const notes = doubled.map((name): Note => ({
    code: 'NAME_DUPLICATE',
    severity: 'warning',
    message: 'several images had one name; the last one has it now, the others stay without it',
    subject: name,
    found: owners.get(name)?.digest ?? '',
  }));
  const entries = index.entries.map((entry) =>
    entry.nameText === '' || owners.get(entry.nameText) === entry ? entry : withoutName(entry, false),
  );
  return { index: { ...index, entries }, notes };
};
