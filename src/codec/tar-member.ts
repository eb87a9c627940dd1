import { ToolError } from '../base/error.js';
import type { EntryType } from '../base/file-tree.js';
import type { Limits } from '../base/limits.js';
import { isZero } from './tar-block.js';
import { type TarFields, readFields } from './tar-field.js';
import { decodeName } from './tar-name.js';
import type { NoteList } from './tar-note.js';
import { parseDecimal } from './tar-number.js';
import { type PaxRecord, mergeGlobal, mergePax, parsePaxRecords } from './tar-pax.js';
import { type SparseHeader, oldSparseHeader, paxSparseHeader } from './tar-sparse.js';

/** What one header, together with the extension headers before it, says. */
export interface TarMember {
  /** The header block's own fields. */
  readonly fields: TarFields;
  /** As stored; may be anything. */
  readonly path: string;
  readonly type: EntryType;
  /** For `other`: what it is. */
  readonly typeName?: string;
  readonly linkTarget?: string;
  /** Bytes of body in the tar, padding not counted. For this and for skipping there is no other number. */
  readonly bodySize: number;
  /** Global and own PAX records that count. */
  readonly pax: ReadonlyMap<string, string>;
  readonly sparse?: SparseHeader;
}

/** What a header block asks its reader to do next. */
export type TarStep =
  /** A block of zeros. */
  | { readonly kind: 'zero' }
  /** Give the body of so many bytes to {@link MemberReader.extension}. */
  | { readonly kind: 'extension'; readonly size: number }
  /** Nothing to keep: go past so many bytes. */
  | { readonly kind: 'skip'; readonly size: number }
  | { readonly kind: 'member'; readonly member: TarMember };

/** Puts members together from header blocks, for readers that seek and readers that stream. */
export interface MemberReader {
  /**
   * Takes one block.
   * @throws {ToolError} any TAR code, LIMIT_NAME, LIMIT_MEMBERS
   */
  header(block: Uint8Array, offset: number): TarStep;
  /**
   * Takes the body of the extension header just read.
   * @throws {ToolError} TAR_PAX_SYNTAX, TAR_PAX_VALUE, TAR_NAME_NUL, TAR_GLOBAL_OVERRIDE
   */
  extension(body: Uint8Array, offset: number): void;
  /**
   * Says that no member follows.
   * @throws {ToolError} TAR_DANGLING_META
   */
  end(offset: number): void;
}

const EXTENSIONS: Readonly<Record<string, 'pax' | 'global' | 'name' | 'link'>> = {
  x: 'pax',
  X: 'pax', // Solaris
  g: 'global',
  L: 'name', // GNU
  K: 'link', // GNU
};

/** Types by flag; those that never have a body are the ones that Go's archive/tar calls header-only. */
const TYPES: Readonly<Record<string, { type: EntryType; typeName?: string; bodiless?: true }>> = {
  '\0': { type: 'file' },
  '0': { type: 'file' },
  '1': { type: 'hardlink', bodiless: true },
  '2': { type: 'symlink', bodiless: true },
  '3': { type: 'other', typeName: 'character device', bodiless: true },
  '4': { type: 'other', typeName: 'block device', bodiless: true },
  '5': { type: 'directory', bodiless: true },
  '6': { type: 'other', typeName: 'FIFO', bodiless: true },
  '7': { type: 'file' }, // contiguous
  S: { type: 'file' }, // GNU: sparse
  D: { type: 'directory' }, // GNU: with a list of names as body
  M: { type: 'other', typeName: 'continuation of a file from another volume' }, // GNU
};
/** Remarks on the archive or the next member, which change nothing: GNU's volume label, Solaris' access control list. */
const REMARKS: ReadonlySet<string> = new Set(['V', 'A']);
/** Headers for one member that no writer exceeds: one of each kind of extension, a remark, the member. */
const HEADERS_PER_MEMBER = 6;

interface Pending {
  readonly offset: number;
  readonly pax?: readonly PaxRecord[];
  readonly name?: string;
  readonly link?: string;
}

const gnuLongName = (body: Uint8Array, subject: string, offset: number): string => {
  let end = body.length;
  while (end > 0 && body[end - 1] === 0) end -= 1;
  const name = decodeName(body.subarray(0, end));
  if (name.includes('\0')) throw new ToolError('TAR_NAME_NUL', 'a long name contains a NUL', { subject, offset });
  return name;
};

/** @param subject the archive's name, for errors and notes */
export const createMemberReader = (subject: string, limits: Limits, notes: NoteList): MemberReader => {
  let globals: ReadonlyMap<string, string> = new Map();
  let pending: Pending | undefined;
  let extension: { readonly kind: 'pax' | 'global' | 'name' | 'link' } | undefined;
  let members = 0;
  let headers = 0;

  const limitName = (name: string, offset: number): string => {
    if (Buffer.byteLength(name) > limits.name) {
      throw new ToolError('LIMIT_NAME', 'a name is longer than the limit', {
        subject,
        offset,
        expected: `at most ${limits.name} bytes`,
        found: `${Buffer.byteLength(name)}`,
      });
    }
    return name;
  };

  const countHeader = (offset: number, isMember: boolean): void => {
    headers += 1;
    if (isMember) members += 1;
    if (members > limits.members || headers > HEADERS_PER_MEMBER * (limits.members + 1)) {
      throw new ToolError('LIMIT_MEMBERS', 'the archive has more members than the limit', {
        subject,
        offset,
        expected: `at most ${limits.members}`,
        found: 'more',
      });
    }
  };

  const startExtension = (kind: 'pax' | 'global' | 'name' | 'link', size: number, offset: number): TarStep => {
    if (kind === 'global' && pending !== undefined) end(offset);
    if (size > limits.tarMeta) {
      throw new ToolError('TAR_META_TOO_LARGE', 'an extension header is larger than the limit', {
        subject,
        offset,
        expected: `at most ${limits.tarMeta} bytes`,
        found: `${size}`,
      });
    }
    if (kind !== 'global') {
      if (pending?.[kind] !== undefined)
        notes.add({ code: 'TAR_META_STACKED', subject, found: `two at byte ${offset}` });
      pending ??= { offset };
    }
    extension = { kind };
    return { kind: 'extension', size };
  };

  const member = (fields: TarFields, block: Uint8Array, offset: number): TarStep => {
    const own = pending;
    pending = undefined;
    const records = own?.pax ?? [];
    const pax = records.length === 0 ? globals : mergePax(globals, records);
    const size = parseDecimal(pax.get('size') ?? '') ?? fields.size;
    const known = TYPES[fields.typeflag];
    // `||`: an empty long name says nothing.
    const path = limitName(pax.get('path') ?? (own?.name || fields.name), offset);
    const linkTarget = limitName(pax.get('linkpath') ?? (own?.link || fields.linkName), offset);
    if (known === undefined || REMARKS.has(fields.typeflag)) {
      if (known === undefined && !REMARKS.has(fields.typeflag)) {
        notes.add({ code: 'TAR_TYPE_UNKNOWN', subject: path, found: JSON.stringify(fields.typeflag) });
      }
      return { kind: 'skip', size };
    }
    const bodiless = known.bodiless === true;
    // Old tars have no flag for directories: the slash says it.
    const isFolder = known.type === 'directory' || (known.type === 'file' && path.endsWith('/'));
    if (size > 0 && fields.typeflag !== 'D' && (bodiless || isFolder)) {
      notes.add({ code: 'TAR_LINK_SIZE', subject: path, found: `${size} bytes` });
    }
    const sparse =
      fields.typeflag === 'S'
        ? oldSparseHeader(block, fields, path, offset)
        : paxSparseHeader(records, pax, path, offset);
    if (sparse !== undefined && (known.type !== 'file' || isFolder)) {
      throw new ToolError('TAR_SPARSE_INVALID', 'only a file can be sparse', { subject: path, offset });
    }
    return {
      kind: 'member',
      member: {
        fields,
        path: limitName(sparse?.name ?? path, offset),
        type: isFolder ? 'directory' : known.type,
        ...(known.typeName === undefined ? {} : { typeName: known.typeName }),
        ...(known.type === 'hardlink' || known.type === 'symlink' ? { linkTarget } : {}),
        bodySize: bodiless ? 0 : size,
        pax,
        ...(sparse === undefined ? {} : { sparse }),
      },
    };
  };

  const end = (offset: number): void => {
    if (pending === undefined) return;
    throw new ToolError('TAR_DANGLING_META', 'an extension header is followed by no member', {
      subject,
      offset: pending.offset,
      found: `byte ${offset}`,
    });
  };

  return {
    header: (block, offset) => {
      if (isZero(block)) return { kind: 'zero' };
      const fields = readFields(block, subject, offset);
      const kind = EXTENSIONS[fields.typeflag];
      countHeader(offset, kind === undefined && !REMARKS.has(fields.typeflag));
      if (kind !== undefined) return startExtension(kind, fields.size, offset);
      // The access control list belongs to the member after it, as do the extension headers before it.
      if (fields.typeflag === 'A') return { kind: 'skip', size: fields.size };
      return member(fields, block, offset);
    },
    extension: (body, offset) => {
      const kind = extension?.kind;
      extension = undefined;
      if (kind === 'global') globals = mergeGlobal(globals, parsePaxRecords(body, subject, offset), subject, offset);
      if (kind === 'pax') pending = { offset, ...pending, pax: parsePaxRecords(body, subject, offset) };
      if (kind === 'name') pending = { offset, ...pending, name: gnuLongName(body, subject, offset) };
      if (kind === 'link') pending = { offset, ...pending, link: gnuLongName(body, subject, offset) };
    },
    end,
  };
};
