import type { Note } from '../../base/event.js';
import { compareBytes } from '../../base/order.js';
import { systemClock, timeText } from '../../store/clock.js';
import { namePattern } from '../../store/pattern.js';
import { type Store, withLock } from '../../store/store.js';
import { readState } from '../../store/transact.js';
import { type StockContext, storeToRead } from '../store-context.js';
import { type Filter, testFilters } from './filter.js';
import type { ImageRow, ImagesReport } from './report.js';
import { type Stock, type StockImage, takeStock } from './stock.js';

export const SORT_KEYS = ['name', 'size', 'created', 'imported', 'tagged', 'id', 'digest'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface ImagesOptions {
  /** Patterns of names; none for all. */
  readonly patterns: readonly string[];
  readonly filters: readonly Filter[];
  readonly sort: SortKey;
  /** The largest or latest first. */
  readonly reverse: boolean;
  /** One line for an image ID, with all of its names. */
  readonly group: boolean;
  /** Also what only belongs to another image. */
  readonly all: boolean;
}

export const DEFAULT_IMAGES: ImagesOptions = {
  patterns: [],
  filters: [],
  sort: 'name',
  reverse: false,
  group: false,
  all: false,
};

const rowOf = (stock: Stock, image: StockImage, name: string): ImageRow => {
  const { facts } = image;
  const record = stock.state.refs.refs.get(name);
  const own = stock.state.refs.images.get(image.digest);
  const isNamed = name !== '';
  return {
    names: isNamed ? [name] : [],
    nameCount: image.names.length,
    digests: [image.digest],
    mediaType: image.mediaType,
    kind: facts.kind,
    ...(facts.imageID === undefined ? {} : { imageID: facts.imageID }),
    platforms: facts.platforms,
    size: facts.size,
    ...(facts.created === undefined ? {} : { created: facts.created }),
    imported: timeText(record?.imported ?? image.imported),
    ...(record === undefined ? {} : { tagged: timeText(record.tagged) }),
    seq: record?.seq ?? image.seq,
    reason: isNamed ? 'named' : image.isReferrer ? 'referrer' : 'dangling',
    ...(isNamed || own?.lastName === undefined ? {} : { lastName: own.lastName }),
    ...(isNamed || own?.replacedBy === undefined ? {} : { replacedBy: own.replacedBy }),
    ...(facts.subject === undefined ? {} : { subject: facts.subject }),
    pinned: record?.pinned === true || own?.pinned === true,
    leased: image.leases.length > 0,
    leases: image.leases,
    sparse: image.isSparse || facts.isPartial,
    ...(record === undefined || record.source === '' ? {} : { source: record.source }),
    labels: facts.labels,
  };
};

const idOf = ({ imageID, digests }: ImageRow): string => imageID ?? digests[0] ?? '';

const isSubset = (a: readonly string[], b: readonly string[]): boolean => a.every((item) => b.includes(item));

const merge = (a: ImageRow, b: ImageRow): ImageRow => ({
  // What is said of an image without a name is not said of one that has one.
  ...(a.reason === 'named' ? a : b),
  names: [...a.names, ...b.names].toSorted(compareBytes),
  nameCount: a.nameCount + (isSubset(b.digests, a.digests) ? 0 : b.nameCount),
  digests: [...new Set([...a.digests, ...b.digests])].toSorted(compareBytes),
  seq: Math.max(a.seq, b.seq),
  pinned: a.pinned || b.pinned,
  leased: a.leased || b.leased,
  leases: [...new Set([...a.leases, ...b.leases])].toSorted(compareBytes),
  sparse: a.sparse && b.sparse,
});

const groupRows = (rows: readonly ImageRow[]): readonly ImageRow[] => {
  const groups = new Map<string, ImageRow>();
  for (const row of rows) {
    const known = groups.get(idOf(row));
    groups.set(idOf(row), known === undefined ? row : merge(known, row));
  }
  return [...groups.values()];
};

const keyOf = (row: ImageRow, sort: SortKey): string | number => {
  switch (sort) {
    case 'name':
      return row.names[0] ?? '';
    case 'size':
      return row.size;
    case 'created':
      return row.created ?? '';
    case 'imported':
      return row.imported;
    case 'tagged':
      return row.tagged ?? '';
    case 'id':
      return idOf(row);
    case 'digest':
      return row.digests[0] ?? '';
  }
};

const compareKeys = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : compareBytes(String(a), String(b));

/** Ties by the order in which the store got them; images without a name last. */
const sortRows = (rows: readonly ImageRow[], { sort, reverse }: ImagesOptions): readonly ImageRow[] => {
  const sign = reverse ? -1 : 1;
  return rows.toSorted(
    (a, b) =>
      (sort === 'name' ? Number(a.names.length === 0) - Number(b.names.length === 0) : 0) ||
      sign * compareKeys(keyOf(a, sort), keyOf(b, sort)) ||
      a.seq - b.seq ||
      compareBytes(a.digests[0] ?? '', b.digests[0] ?? ''),
  );
};

const list = async (
  store: Store,
  options: ImagesOptions,
): Promise<{ readonly rows: readonly ImageRow[]; readonly notes: readonly Note[]; readonly now: number }> => {
  const state = await readState(store);
  const stock = await takeStock(store, state);
  const test = await testFilters(options.filters, store, stock);
  const patterns = options.patterns.map(namePattern);
  const rows = stock.images.flatMap((image) => {
    if (image.isReferrer && !options.all) return [];
    const names = image.names.length === 0 ? [''] : image.names;
    return names
      .filter((name) => patterns.length === 0 || patterns.some((fits) => name !== '' && fits(name)))
      .filter((name) => test(image, name))
      .map((name) => rowOf(stock, image, name));
  });
  return { rows: sortRows(options.group ? groupRows(rows) : rows, options), notes: state.notes, now: stock.now };
};

/**
 * `images`: what is in the store. A store that nobody has made is empty.
 * @throws {ToolError} USAGE, REFERENCE_NOT_FOUND; STORE_LOCKED, STORE_INDEX_INVALID, STORE_STATE_INVALID; system errors
 */
export const images = async (options: ImagesOptions, context: StockContext): Promise<ImagesReport> => {
  const store = await storeToRead(context, 'images');
  if (store === undefined) {
    const now = (context.store.now ?? systemClock)();
    return { store: context.store.root, at: timeText(now), images: [], notes: [] };
  }
  const { rows, notes, now } = await withLock(store, 'shared', (held) => list(held, options));
  return { store: store.paths.root, at: timeText(now), images: rows, notes };
};
