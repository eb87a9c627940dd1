import { promises } from 'node:fs';
import { ToolError } from '../base/error.js';
import type { Note } from '../base/event.js';
import { isHashAlgorithm } from '../base/hash.js';
import type { Cursor } from '../oci/decode.js';
import { type Digest, algorithmOf } from '../oci/digest.js';
import { abandonedFiles } from './collect.js';
import { type StoredBlob, listBlobs, verifyFile } from './content.js';
import { kindOf, readWhole, statOf, tampered, writeWhole } from './file.js';
import { indexInvalid } from './index-entry.js';
import { indexBytes, readIndex, settleNames } from './index-file.js';
import { BLOB_MODE } from './ingest.js';
import { checkJournal, setJournalAside } from './journal.js';
import { leaseIds, loadLease } from './lease.js';
import { leaseFile } from './path.js';
import { copyAside, setAside } from './quarantine.js';
import { Reach } from './reach.js';
import { entriesFromRecords } from './rebuild.js';
import { decodeRefBook, emptyRefBook } from './refs.js';
import { type StateSize, decodeState, loadState } from './state.js';
import { type Store, withLock } from './store.js';
import { readState, transactLocked } from './transact.js';
import { decodeTrash } from './trash.js';

/** What was found, and which of it was put right. */
export interface FsckResult {
  readonly findings: readonly Note[];
  /** Subjects of findings that do not hold any more. */
  readonly repaired: readonly string[];
  /** Blobs that were hashed, and their bytes. */
  readonly blobs: number;
  readonly bytes: number;
}

export interface FsckOptions {
  readonly repair: boolean;
  /** Look at sizes and names only. */
  readonly quick: boolean;
  readonly onBytes?: (bytes: number) => void;
}

class Examination {
  readonly findings: Note[] = [];
  readonly repaired: string[] = [];
  blobs = 0;
  bytes = 0;
  readonly #store: Store;
  readonly #options: FsckOptions;

  constructor(store: Store, options: FsckOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Notes a finding, and puts it right if that is wanted and possible. */
  async #find(note: Note, repair?: () => Promise<unknown>): Promise<void> {
    this.findings.push(note);
    if (!this.#options.repair || repair === undefined) return;
    await repair();
    if (note.subject !== undefined) this.repaired.push(note.subject);
  }

  #aside(path: string): () => Promise<unknown> {
    return () => setAside(this.#store, path);
  }

  /** State files that cannot be read stop every change, so they come first. */
  async state(): Promise<void> {
    const { paths, limits } = this.#store;
    const files: readonly (readonly [path: string, decode: (cursor: Cursor) => unknown, size: StateSize])[] = [
      [paths.refs, decodeRefBook, 'large'],
      [paths.trash, decodeTrash, 'small'],
    ];
    for (const [path, decode, size] of files) {
      try {
        const bytes = await readWhole(path, limits.storeState, 'STORE_STATE_INVALID');
        if (bytes !== undefined) decodeState(bytes, path, limits, decode, size);
      } catch (error) {
        await this.#damaged(path, error);
      }
    }
    for (const id of await leaseIds(this.#store)) {
      try {
        await loadLease(this.#store, id);
      } catch (error) {
        await this.#damaged(leaseFile(paths, id), error);
      }
    }
  }

  async #damaged(path: string, error: unknown, repair: () => Promise<unknown> = this.#aside(path)): Promise<void> {
    const isDamage =
      error instanceof ToolError &&
      ['STORE_STATE_INVALID', 'STORE_TAMPERED', 'STORE_INDEX_INVALID'].includes(error.code);
    if (!isDamage) throw error;
    const note: Note = { ...error.details, code: error.code, severity: 'error', message: error.what, subject: path };
    await this.#find(note, repair);
  }

  /** The index as a whole, and names that stand in it twice. */
  async index(): Promise<void> {
    const { paths, limits } = this.#store;
    try {
      const { index, isThere } = await readIndex(paths.index, limits);
      if (!isThere) throw indexInvalid(paths.index, undefined);
      for (const note of settleNames(index).notes) {
        await this.#find(note, () =>
          transactLocked(this.#store, 'fsck', async () => ({ result: undefined, write: true })),
        );
      }
    } catch (error) {
      await this.#damaged(paths.index, error, () => this.#rebuildIndex());
    }
  }

  /** An index of what the records of names say; the damaged one is kept in the quarantine. */
  async #rebuildIndex(): Promise<void> {
    const { paths, limits, config } = this.#store;
    const book = (await loadState(paths.refs, limits, decodeRefBook, 'large')) ?? emptyRefBook();
    const bytes = indexBytes({ entries: entriesFromRecords(paths, limits, config.refName, book), others: {} });
    await copyAside(this.#store, paths.index);
    await writeWhole(paths.index, bytes, { durable: true });
  }

  async content(): Promise<ReadonlyMap<Digest, StoredBlob>> {
    const { paths, signal } = this.#store;
    const { blobs, odd } = await listBlobs(paths, signal);
    const good = new Map<Digest, StoredBlob>();
    for (const { path, found } of odd) {
      await this.#find(
        { code: 'STORE_TAMPERED', severity: 'warning', message: 'not a blob', subject: path, found },
        this.#aside(path),
      );
    }
    for (const blob of blobs) {
      signal?.throwIfAborted();
      if (await this.#blob(blob)) good.set(blob.digest, blob);
    }
    return good;
  }

  async #blob(blob: StoredBlob): Promise<boolean> {
    const { digest, path, size, mode } = blob;
    if (!this.#options.quick && isHashAlgorithm(algorithmOf(digest))) {
      this.blobs += 1;
      this.bytes += size;
      const isGood = await verifyFile(path, digest, this.#store.signal);
      this.#options.onBytes?.(size);
      if (!isGood) {
        const note = {
          code: 'BLOB_CORRUPT',
          severity: 'error',
          message: 'the blob is not what its name says',
          subject: digest,
        } as const;
        await this.#find(note, () => setAside(this.#store, path, digest));
        return false;
      }
    }
    if ((mode & 0o222) !== 0) {
      const found = mode.toString(8).padStart(4, '0');
      const note = {
        code: 'STORE_MODE',
        severity: 'info',
        message: 'the blob can be written',
        subject: digest,
        found,
      } as const;
      await this.#find(note, () => promises.chmod(path, BLOB_MODE));
    }
    return true;
  }

  /** Images that are not whole. */
  async references(good: ReadonlyMap<Digest, StoredBlob>): Promise<void> {
    const { paths, limits, signal } = this.#store;
    const state = await readState(this.#store);
    const reach = new Reach(paths, limits, signal);
    const lost = new Set<Digest>();
    for (const { digest, mediaType, size, nameText, isSparse } of state.index.entries) {
      const subject = nameText === '' ? digest : nameText;
      const blob = good.get(digest);
      if (blob === undefined) {
        lost.add(digest);
        this.findings.push({
          code: 'BLOB_MISSING',
          severity: 'error',
          message: 'the image is not there',
          subject,
          expected: digest,
        });
        continue;
      }
      if (blob.size !== size) {
        const details = { subject, expected: `${size} bytes`, found: `${blob.size} bytes` };
        this.findings.push({
          code: 'SIZE_MISMATCH',
          severity: 'error',
          message: 'the index gives another size',
          ...details,
        });
      }
      try {
        const parts = await reach.from([{ digest, mediaType, owner: subject }], 'without subjects');
        const missing = [...parts].filter((part) => !good.has(part));
        const severity = isSparse ? 'info' : 'error';
        for (const part of missing) {
          this.findings.push({
            code: 'BLOB_MISSING',
            severity,
            message: 'a blob of the image is not there',
            subject,
            expected: part,
          });
        }
      } catch (error) {
        if (!(error instanceof ToolError) || error.class !== 'input') throw error;
        this.findings.push({ ...error.details, code: error.code, severity: 'error', message: error.what, subject });
      }
    }
    if (this.#options.repair && lost.size > 0) await this.#dropLost(lost);
  }

  async #dropLost(lost: ReadonlySet<Digest>): Promise<void> {
    await transactLocked(this.#store, 'fsck', async (draft) => {
      for (const digest of lost) {
        this.repaired.push(...draft.namesOf(digest), digest);
        draft.removeImage(digest, [], 'its manifest is not there', 'goes');
      }
      return { result: undefined, write: true };
    });
  }

  async leftovers(): Promise<void> {
    for (const path of await abandonedFiles(this.#store)) {
      const isThere = (await statOf(path)) !== undefined;
      const note = {
        code: 'STORE_LEFTOVER',
        severity: 'info',
        message: 'left by a process that was ended',
        subject: path,
      } as const;
      if (isThere) await this.#find(note, () => promises.rm(path, { force: true }));
    }
  }

  async journal(): Promise<void> {
    const { journal, journalBefore } = this.#store.paths;
    for (const path of [journalBefore, journal]) {
      const stat = await statOf(path);
      if (stat !== undefined && !stat.isFile()) await this.#damaged(path, tampered(path, kindOf(stat)));
    }
    if (this.findings.some(({ subject }) => subject === journal || subject === journalBefore)) return;
    const faults = await checkJournal(this.#store);
    for (const { path, line, what } of faults) {
      const severity = what === 'torn' ? 'info' : 'warning';
      this.findings.push({
        code: 'JOURNAL_BROKEN',
        severity,
        message: 'a line of the journal does not hold',
        subject: path,
        found: `line ${line}: ${what}`,
      });
    }
    if (!this.#options.repair || faults.length === 0) return;
    await setJournalAside(this.#store);
    this.repaired.push(...new Set(faults.map(({ path }) => path)));
  }
}

/**
 * Examines a store: hashes every blob, follows every reference, looks for what does not belong there. With `repair` it
 * puts damaged files into the quarantine, takes images whose manifest is gone from the list, and sets modes right;
 * nothing is deleted that could be of use.
 * @throws {ToolError} STORE_LOCKED, STORE_VERSION, PERMISSION_DENIED and other system errors
 */
export const fsck = (store: Store, options: FsckOptions): Promise<FsckResult> =>
  withLock(store, options.repair ? 'exclusive' : 'shared', async (held) => {
    const examination = new Examination(held, options);
    await examination.state();
    await examination.index();
    const isReadable =
      options.repair || !examination.findings.some(({ code }) => /^STORE_(?:STATE|INDEX)_INVALID$/.test(code));
    const good = await examination.content();
    if (isReadable) await examination.references(good);
    await examination.leftovers();
    await examination.journal();
    const { findings, repaired, blobs, bytes } = examination;
    return { findings, repaired, blobs, bytes };
  });
