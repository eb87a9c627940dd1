import { ToolError } from '../base/error.js';
import { type VerifiedBlobReader, blobMissing } from '../content/blob.js';
import { type ImageName, checkName, nameText } from '../content/name.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { findBlob } from './content.js';
import type { Draft } from './draft.js';
import { type Arrival, Ingest, type IngestOptions } from './ingest.js';
import { matchesAny } from './pattern.js';
import { type Session, openSession } from './session.js';
import type { Store } from './store.js';
import { transact } from './transact.js';

/** An image that is to be listed. */
export interface CommitRoot {
  readonly descriptor: Descriptor;
  /** Empty for an image or artifact without a name. */
  readonly names: readonly ImageName[];
  readonly isReferrer: boolean;
  /** Not all of it is given, as the user allowed. */
  readonly isSparse: boolean;
}

export interface CommitRequest {
  readonly roots: readonly CommitRoot[];
  /** Every blob that must be there before a name may be, leaves before parents. */
  readonly content: readonly Descriptor[];
  readonly blobs: VerifiedBlobReader;
  /** The journal's word. */
  readonly operation: string;
  /** Where it comes from. */
  readonly source: string;
  readonly rules?: NameRules;
  readonly ingest?: IngestOptions;
}

/** What must hold of the names that are given; looked at when nobody else can change them any more. */
export interface NameRules {
  /** The name must mean this digest now; '' for: it must not exist. */
  readonly expect?: Digest | '';
  /** No name that exists may be moved. */
  readonly noClobber?: boolean;
  /** Move names that fit a pattern of the setting `immutable`, too. */
  readonly force?: boolean;
}

export interface Receipt {
  readonly names: readonly {
    readonly name: string;
    readonly digest: Digest;
    readonly change: 'new' | 'moved' | 'same';
  }[];
  /** Blobs that came, and those that were there. */
  readonly stored: number;
  readonly present: number;
  /** Bytes that were copied. */
  readonly copied: number;
  /** Every distinct blob of the images, and how it came. */
  readonly blobs: readonly { readonly digest: Digest; readonly size: number; readonly arrival: Arrival }[];
}

/** @throws {ToolError} NAME_MOVED, NAME_TAKEN, NAME_IMMUTABLE */
export const checkNameRules = (draft: Draft, store: Store, name: string, digest: Digest, rules: NameRules): void => {
  const now = draft.entryOf(name)?.digest;
  const { expect } = rules;
  if (expect !== undefined && (now ?? '') !== expect) {
    throw new ToolError('NAME_MOVED', 'the name does not mean what was expected', {
      subject: name,
      expected: expect === '' ? 'no image' : expect,
      found: now ?? 'no image',
      hint: 'somebody else has moved the name; look at it, then decide again',
    });
  }
  if (now === undefined || now === digest) return;
  if (rules.noClobber === true) {
    throw new ToolError('NAME_TAKEN', 'the name means another image already', {
      subject: name,
      expected: digest,
      found: now,
      hint: 'choose another name, or allow the name to be moved',
    });
  }
  if (rules.force !== true && matchesAny(store.config.immutable, name)) {
    throw new ToolError('NAME_IMMUTABLE', 'the name may not be moved', {
      subject: name,
      expected: now,
      found: digest,
      hint: 'choose another name, or say --force',
    });
  }
};

/** @throws {ToolError} REFERENCE_INVALID, NAME_CONFLICT */
const checkNames = (roots: readonly CommitRoot[]): void => {
  const owners = new Map<string, Digest>();
  for (const { descriptor, names } of roots) {
    for (const name of names) {
      checkName(name);
      const text = nameText(name);
      const owner = owners.get(text) ?? descriptor.digest;
      if (owner !== descriptor.digest) {
        throw new ToolError('NAME_CONFLICT', 'two different images claim one name', {
          subject: text,
          expected: owner,
          found: descriptor.digest,
          hint: 'choose one by @DIGEST, or rename one with --name @DIGEST=NEW',
        });
      }
      owners.set(text, owner);
    }
  }
};

const missingOf = (store: Store, content: readonly Descriptor[]): readonly Descriptor[] =>
  content.filter(({ digest, size }) => findBlob(store.paths, digest)?.size !== size);

const nameAll = (draft: Draft, store: Store, request: CommitRequest): Receipt['names'] => {
  const names = [];
  for (const { descriptor, names: wanted, isReferrer, isSparse } of request.roots) {
    const { digest, mediaType, size } = descriptor;
    const root = { digest, mediaType, size, isSparse };
    for (const name of wanted) {
      checkNameRules(draft, store, nameText(name), digest, request.rules ?? {});
      names.push({ name: nameText(name), digest, change: draft.setName(name, root, request.source) });
    }
    if (wanted.length === 0) draft.addUnnamed(root, isReferrer);
  }
  return names;
};

const arrivedBlobs = (content: readonly Descriptor[], arrivals: ReadonlyMap<Digest, Arrival>): Receipt['blobs'] => {
  const sizes = new Map(content.map(({ digest, size }) => [digest, size]));
  return [...arrivals].map(([digest, arrival]) => ({ digest, size: sizes.get(digest) ?? 0, arrival }));
};

/** How often content may vanish between its arrival and its name; only tools without locks make that happen. */
const ROUNDS = 5;

const commitIn = async (store: Store, session: Session, request: CommitRequest): Promise<Receipt> => {
  const total = { stored: 0, present: 0, copied: 0 };
  let first: ReadonlyMap<Digest, Arrival> | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const ingest = new Ingest(store, session, request.blobs, request.ingest ?? {});
    const came = await ingest.add(request.content);
    total.stored += came.stored;
    total.copied += came.copied;
    if (round === 0) total.present = came.present;
    first ??= came.arrivals;
    const arrivals = first;
    const names = await transact(store, request.operation, async (draft, _state, held) => {
      if (missingOf(held, request.content).length > 0) return { result: undefined, write: false };
      const result = nameAll(draft, held, request);
      return { result, write: draft.journal.length > 0 };
    });
    if (names !== undefined) return { names, ...total, blobs: arrivedBlobs(request.content, arrivals) };
  }
  const [missing] = missingOf(store, request.content);
  if (missing === undefined)
    throw new ToolError('STORE_CHANGED', 'content comes and goes', { subject: store.paths.root });
  throw blobMissing(missing, 'another tool removes blobs from the store; let it finish first');
};

/**
 * Brings images into a store: a lease on all that is to come, then the blobs, then, alone, the names. Whatever ends the
 * process, names lead to whole images or are as they were.
 * @throws {ToolError} REFERENCE_INVALID, NAME_CONFLICT, NAME_TAKEN, NAME_IMMUTABLE, NAME_MOVED; as the blob reader;
 * STORE_LOCKED, STORE_CHANGED, STORE_INDEX_INVALID, STORE_STATE_INVALID; NO_SPACE, TOO_MANY_FILES, IO
 */
export const commit = async (store: Store, request: CommitRequest): Promise<Receipt> => {
  checkNames(request.roots);
  const session = await openSession(store, {
    digests: request.content.map(({ digest }) => digest),
    roots: request.roots.map(({ descriptor }) => descriptor.digest),
  });
  try {
    return await commitIn(store, session, request);
  } finally {
    await session.close();
  }
};
