import { ToolError } from '../base/error.js';
import type { ImageName } from '../content/name.js';
import { nameText } from '../content/name.js';
import type { Digest } from '../oci/digest.js';
import type { JournalEntry } from './journal.js';
import { type RefNameStyle, type StoreEntry, newEntry, withoutName } from './index-entry.js';
import { type StoreIndex, sortEntries } from './index-file.js';
import type { ImageRecord, RefBook, RefRecord } from './refs.js';
import type { Trash, TrashRecord, TrashedRoot } from './trash.js';

/** All that the names of a store are made of. Immutable; a {@link Draft} makes the next one. */
export interface StoreState {
  readonly index: StoreIndex;
  readonly refs: RefBook;
  readonly trash: Trash;
}

export interface DraftSettings {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly style: RefNameStyle;
  /** The journal's word for what is done. */
  readonly operation: string;
  readonly actor: string;
  /** Milliseconds that removed images rest; 0 lets them go at once. */
  readonly trash: number;
  readonly newId: () => string;
}

export const rootOf = ({ digest, mediaType, size, isSparse }: StoreEntry): TrashedRoot => ({
  digest,
  mediaType,
  size,
  isSparse,
});

/** A state in the making: plain maps, no files. Every change leaves a line for the journal. */
export class Draft {
  readonly journal: JournalEntry[] = [];
  readonly #before: StoreState;
  readonly #settings: DraftSettings;
  readonly #named = new Map<string, StoreEntry>();
  readonly #unnamed = new Map<Digest, StoreEntry>();
  /** How many names an image has. */
  readonly #names = new Map<Digest, Set<string>>();
  readonly #refs: Map<string, RefRecord>;
  readonly #images: Map<Digest, ImageRecord>;
  #trash: readonly TrashRecord[];
  #seq: number;

  constructor(state: StoreState, settings: DraftSettings) {
    this.#before = state;
    this.#settings = settings;
    for (const entry of state.index.entries) this.#put(entry);
    this.#refs = new Map(state.refs.refs);
    this.#images = new Map(state.refs.images);
    this.#trash = state.trash.records;
    this.#seq = state.refs.seq;
  }

  #put(entry: StoreEntry): void {
    if (entry.nameText === '') {
      if (!this.#names.has(entry.digest)) this.#unnamed.set(entry.digest, entry);
      return;
    }
    this.#named.set(entry.nameText, entry);
    const names = this.#names.get(entry.digest) ?? new Set();
    this.#names.set(entry.digest, names.add(entry.nameText));
    this.#unnamed.delete(entry.digest);
  }

  /** Takes a name off its image, which stays without one if this was the last. */
  #detach(entry: StoreEntry): boolean {
    this.#named.delete(entry.nameText);
    this.#refs.delete(entry.nameText);
    const names = this.#names.get(entry.digest);
    names?.delete(entry.nameText);
    if (names === undefined || names.size > 0) return false;
    this.#names.delete(entry.digest);
    return true;
  }

  #next(): number {
    this.#seq += 1;
    return this.#seq;
  }

  #note(subject: string, change: Omit<JournalEntry, 'operation' | 'subject'>): void {
    this.journal.push({ operation: this.#settings.operation, subject, ...change });
  }

  entryOf(name: string): StoreEntry | undefined {
    return this.#named.get(name);
  }

  /** An entry of an image, named or not. */
  entryFor(digest: Digest): StoreEntry | undefined {
    const [name] = this.#names.get(digest) ?? [];
    return name === undefined ? this.#unnamed.get(digest) : this.#named.get(name);
  }

  /** Sorted. */
  namesOf(digest: Digest): readonly string[] {
    return [...(this.#names.get(digest) ?? [])].toSorted();
  }

  /** Gives an image a name, which another image may lose by it. */
  setName(name: ImageName, root: TrashedRoot, source: string): 'new' | 'moved' | 'same' {
    const text = nameText(name);
    const old = this.#named.get(text);
    const { now, style } = this.#settings;
    if (old?.digest === root.digest) {
      // An image that was stored in part may be whole by now.
      if (old.isSparse && !root.isSparse) {
        this.#put(newEntry(root, name, root, style));
        this.#note(text, { from: root.digest, to: root.digest, reason: 'whole now' });
      }
      return 'same';
    }
    const known = this.#images.get(root.digest);
    const { pinned = false, imported: since } = this.#refs.get(text) ?? {};
    const isLast = old !== undefined && this.#detach(old);
    this.#put(newEntry(root, name, root, style));
    if (known !== undefined && !known.pinned) this.#images.delete(root.digest);
    const seq = this.#next();
    const imported = known?.imported ?? this.#importedOf(root.digest) ?? now;
    this.#refs.set(text, { digest: root.digest, seq, imported, tagged: now, pinned, source });
    if (isLast) this.#keepUnnamed(old, since, { lastName: text, replacedBy: root.digest });
    this.#note(text, { ...(old === undefined ? {} : { from: old.digest }), to: root.digest });
    return old === undefined ? 'new' : 'moved';
  }

  #importedOf(digest: Digest): number | undefined {
    const times = this.namesOf(digest).flatMap((name) => this.#refs.get(name)?.imported ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #keepUnnamed(entry: StoreEntry, since: number | undefined, why: Pick<ImageRecord, 'lastName' | 'replacedBy'>): void {
    const { now } = this.#settings;
    this.#unnamed.set(entry.digest, withoutName(entry, false));
    const known = this.#images.get(entry.digest);
    const imported = known?.imported ?? since ?? now;
    this.#images.set(entry.digest, {
      seq: this.#next(),
      imported,
      pinned: known?.pinned ?? false,
      untagged: now,
      ...why,
    });
  }

  /** Lists an image or artifact without a name, unless it is listed already. */
  addUnnamed(root: TrashedRoot, isReferrer: boolean): boolean {
    if (this.entryFor(root.digest) !== undefined) return false;
    const { now, style } = this.#settings;
    this.#put(newEntry(root, undefined, { isSparse: root.isSparse, isDangling: !isReferrer }, style));
    const pinned = this.#images.get(root.digest)?.pinned ?? false;
    this.#images.set(root.digest, { seq: this.#next(), imported: now, pinned });
    this.#note(root.digest, { to: root.digest });
    return true;
  }

  /** Takes a name away; an image that had no other stays without one. @throws {ToolError} REFERENCE_NOT_FOUND */
  dropName(name: string): { readonly digest: Digest; readonly isLast: boolean } {
    const entry = this.#named.get(name);
    if (entry === undefined) throw new ToolError('REFERENCE_NOT_FOUND', 'no such name in the store', { subject: name });
    const since = this.#refs.get(name)?.imported;
    const isLast = this.#detach(entry);
    if (isLast) this.#keepUnnamed(entry, since, { lastName: name });
    this.#note(name, { from: entry.digest });
    return { digest: entry.digest, isLast };
  }

  /** Takes an image with all its names, and what refers to it, out of the list and into the trash. */
  removeImage(digest: Digest, referrers: readonly Digest[], reason: string, rest: 'rests' | 'goes' = 'rests'): void {
    const entry = this.entryFor(digest);
    if (entry === undefined) return;
    const names = this.namesOf(digest);
    const others = referrers.flatMap((referrer) => this.entryFor(referrer) ?? []);
    for (const name of names) this.#refs.delete(name);
    for (const { digest: gone } of [entry, ...others]) {
      for (const name of this.namesOf(gone)) {
        this.#named.delete(name);
        this.#refs.delete(name);
      }
      this.#names.delete(gone);
      this.#unnamed.delete(gone);
      this.#images.delete(gone);
    }
    if (rest === 'rests') this.trashRoot(rootOf(entry), names, others.map(rootOf), reason);
    for (const subject of names.length === 0 ? [digest] : names) this.#note(subject, { from: digest, reason });
  }

  /** Remembers what is gone from the list, so that its content stays until the record expires. */
  trashRoot(root: TrashedRoot, names: readonly string[], referrers: readonly TrashedRoot[], reason: string): void {
    const { now, trash, actor, newId } = this.#settings;
    if (trash === 0) return;
    const record = { id: newId(), names, root, referrers, removed: now, expires: now + trash, by: actor, reason };
    this.#trash = [...this.#trash, record];
  }

  isTrashed(digest: Digest, name: string): boolean {
    return this.#trash.some(({ root, names }) => root.digest === digest && (name === '' || names.includes(name)));
  }

  dropTrash(gone: ReadonlySet<string>): void {
    this.#trash = this.#trash.filter(({ id }) => !gone.has(id));
  }

  refOf(name: string): RefRecord | undefined {
    return this.#refs.get(name);
  }

  imageOf(digest: Digest): ImageRecord | undefined {
    return this.#images.get(digest);
  }

  /** Names and digests with records that the index may not have. */
  records(): {
    readonly refs: readonly (readonly [string, RefRecord])[];
    readonly images: readonly (readonly [Digest, ImageRecord])[];
  } {
    return { refs: [...this.#refs], images: [...this.#images] };
  }

  forgetRef(name: string): void {
    this.#refs.delete(name);
  }

  forgetImage(digest: Digest): void {
    this.#images.delete(digest);
  }

  /** Takes over what another tool has done with a name. */
  adoptRef(name: string, digest: Digest): void {
    const { now } = this.#settings;
    const pinned = this.#refs.get(name)?.pinned ?? false;
    this.#refs.set(name, { digest, seq: this.#next(), imported: now, tagged: now, pinned, source: '' });
  }

  adoptImage(digest: Digest, why: Pick<ImageRecord, 'lastName'> = {}): void {
    const { now } = this.#settings;
    const untagged = why.lastName === undefined ? {} : { untagged: now };
    this.#images.set(digest, { seq: this.#next(), imported: now, pinned: false, ...untagged, ...why });
  }

  /** @throws {ToolError} REFERENCE_NOT_FOUND */
  pinName(name: string, pinned: boolean): boolean {
    const record = this.#refs.get(name);
    if (record === undefined)
      throw new ToolError('REFERENCE_NOT_FOUND', 'no such name in the store', { subject: name });
    if (record.pinned === pinned) return false;
    this.#refs.set(name, { ...record, pinned });
    this.#note(name, { to: record.digest });
    return true;
  }

  pinImage(digest: Digest, pinned: boolean): boolean {
    const known = this.#images.get(digest);
    if ((known?.pinned ?? false) === pinned) return false;
    const imported = this.#importedOf(digest) ?? this.#settings.now;
    const record = known ?? { seq: this.#next(), imported, pinned };
    const isNeeded = pinned || this.#unnamed.has(digest);
    if (isNeeded) this.#images.set(digest, { ...record, pinned });
    else this.#images.delete(digest);
    this.#note(digest, { to: digest });
    return true;
  }

  note(subject: string, change: Omit<JournalEntry, 'operation' | 'subject'>): void {
    this.#note(subject, change);
  }

  state(): StoreState {
    const entries = sortEntries([...this.#named.values(), ...this.#unnamed.values()]);
    const { index, refs } = this.#before;
    return {
      index: { entries, others: index.others },
      refs: { ...refs, seq: this.#seq, refs: this.#refs, images: this.#images },
      trash: { records: this.#trash },
    };
  }
}
