import type { ByteStream } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import type { TreeNote } from '../base/file-tree.js';
import { CHUNK_SIZE, type Limits } from '../base/limits.js';
import { PullReader } from './pull-reader.js';
import { END_OF_TAR, TAR_BLOCK, isZero, paddingAfter, setChecksum } from './tar-block.js';
import { type TarMember, createMemberReader } from './tar-member.js';
import { createNotes } from './tar-note.js';
import { zeros } from './tar-sparse-source.js';
import { type SparseMap, readSparseMap } from './tar-sparse.js';

/** A member on its way to tar-stream, with what only this side knows. */
export interface PlainMember {
  readonly member: TarMember;
  /** Bytes of content; for a sparse member, those of the whole file. */
  readonly size: number;
}

export interface PlainTarOptions {
  /** How the stream is named in errors. */
  readonly subject: string;
  readonly limits: Limits;
  /** Is told of what was odd, at the end. */
  readonly onNote?: (note: TreeNote) => void;
}

const OCTAL_11 = 8 ** 11 - 1;

/** The header block of a member as one that all readers understand alike; the name in it does not count. */
const plainHeader = (block: Uint8Array, { fields, type }: TarMember, size: number): Uint8Array => {
  const plain = block.slice();
  const text = (at: number, value: string): void => plain.set(Buffer.from(value, 'latin1'), at);
  // A cut name that happens to end with a slash would make a directory of a file.
  plain.fill(0, 0, 100);
  text(0, 'm');
  if (size <= OCTAL_11) text(124, `${size.toString(8).padStart(11, '0')}\0`);
  else {
    plain.fill(0, 124, 136);
    plain[124] = 0x80;
    new DataView(plain.buffer, plain.byteOffset).setBigUint64(128, BigInt(size));
  }
  if (type === 'file') text(156, '0');
  if (type === 'directory') text(156, '5');
  // What stands behind the link name in a v7 block was never meant as owner names.
  if (fields.dialect === 'v7') plain.fill(0, 257);
  text(257, 'ustar\u000000');
  setChecksum(plain);
  return plain;
};

class PlainTar {
  readonly #reader: PullReader;
  readonly #options: PlainTarOptions;

  constructor(stream: ByteStream, options: PlainTarOptions) {
    this.#reader = new PullReader(stream);
    this.#options = options;
  }

  #truncated(what: string): ToolError {
    const { subject } = this.#options;
    return new ToolError('TAR_TRUNCATED', `the tar ends inside ${what}`, { subject, offset: this.#reader.offset });
  }

  /** So many bytes, as memory of their own. */
  async #take(count: number, what: string): Promise<Uint8Array> {
    if (!(await this.#reader.fill(count))) throw this.#truncated(what);
    const bytes = this.#reader.buffered.slice(0, count);
    this.#reader.skip(count);
    return bytes;
  }

  /** So many bytes in chunks, each valid until the next pull. */
  async *#pass(count: number, what: string): ByteStream {
    for (let left = count; left > 0;) {
      if (!(await this.#reader.fill(1))) throw this.#truncated(what);
      const chunk = this.#reader.buffered.subarray(0, left);
      yield chunk;
      this.#reader.skip(chunk.length);
      left -= chunk.length;
    }
  }

  /** Goes past a padding. The last one may be cut. */
  async #skipPadding(count: number): Promise<void> {
    await this.#reader.fill(count);
    this.#reader.skip(Math.min(count, this.#reader.buffered.length));
  }

  async #skip(count: number, what: string): Promise<void> {
    for await (const _ of this.#pass(count, what));
    await this.#skipPadding(paddingAfter(count));
  }

  async *#sparse(map: SparseMap, what: string): ByteStream {
    let at = 0;
    for (const part of map.parts) {
      yield* zeros(part.offset - at);
      yield* this.#pass(part.length, what);
      at = part.offset + part.length;
    }
    yield* zeros(map.realSize - at);
  }

  /** What follows the first zero block. */
  async #end(note: (code: TreeNote['code'], found: string) => void): Promise<void> {
    const reader = this.#reader;
    const offset = reader.offset;
    const whole = await reader.fill(TAR_BLOCK);
    const second = reader.buffered.subarray(0, TAR_BLOCK);
    if (!isZero(second)) {
      const { subject } = this.#options;
      throw new ToolError('TAR_LONE_ZERO_BLOCK', 'one zero block stands between members', { subject, offset });
    }
    reader.skip(second.length);
    if (!whole) return note('TAR_NO_TRAILER', 'one zero block');
    const end = reader.offset;
    let odd = false;
    // To the end in any case: whoever hashes the stream needs all of it.
    while (await reader.fill(1)) {
      odd ||= !isZero(reader.buffered);
      reader.skip(reader.buffered.length);
    }
    if (odd) note('TAR_TRAILING_DATA', `${reader.offset - end} bytes`);
  }

  async *read(onMember: (member: PlainMember) => void): ByteStream {
    const { subject, limits, onNote } = this.#options;
    const reader = this.#reader;
    const notes = createNotes(subject);
    const members = createMemberReader(subject, limits, notes);
    const note = (code: TreeNote['code'], found: string): void => notes.add({ code, subject, found });
    try {
      let ended = false;
      while (!ended && (await reader.fill(1))) {
        const offset = reader.offset;
        const block = await this.#take(TAR_BLOCK, 'a header');
        const step = members.header(block, offset);
        if (step.kind === 'zero') {
          members.end(offset);
          await this.#end(note);
          ended = true;
        } else if (step.kind === 'extension') {
          members.extension(await this.#take(step.size, 'an extension header'), offset + TAR_BLOCK);
          await this.#skipPadding(paddingAfter(step.size));
        } else if (step.kind === 'skip') await this.#skip(step.size, 'a member');
        else yield* this.#member(block, step.member, offset, onMember);
      }
      if (!ended) {
        members.end(reader.offset);
        note('TAR_NO_TRAILER', 'nothing');
      }
      yield END_OF_TAR;
    } finally {
      await reader.close();
    }
    for (const item of notes.list()) onNote?.(item);
  }

  async *#member(
    block: Uint8Array,
    member: TarMember,
    offset: number,
    onMember: (member: PlainMember) => void,
  ): ByteStream {
    const { limits, subject } = this.#options;
    if (member.fields.typeflag === 'M') {
      throw new ToolError('TAR_TYPE_UNKNOWN', `a ${member.typeName} means nothing here`, {
        subject: member.path,
        offset,
      });
    }
    const isFile = member.type === 'file';
    const pull = (): Promise<Uint8Array> => this.#take(TAR_BLOCK, 'a sparse map');
    const map =
      member.sparse && (await readSparseMap(member.sparse, member.bodySize, pull, { subject, offset, limits }));
    const size = map?.realSize ?? (isFile ? member.bodySize : 0);
    onMember({ member, size });
    yield plainHeader(block, member, size);
    const what = `the member ${member.path}`;
    if (map !== undefined) yield* this.#sparse(map, what);
    else if (isFile) yield* this.#pass(size, what);
    else for await (const _ of this.#pass(member.bodySize, what));
    if (size % TAR_BLOCK > 0) yield new Uint8Array(paddingAfter(size));
    await this.#skipPadding(paddingAfter(member.bodySize));
  }
}

/** The same bytes in few chunks, each memory of its own: tar-stream keeps them for a while, and each costs it some turns. */
async function* gathered(stream: ByteStream): ByteStream {
  let buffer = new Uint8Array(CHUNK_SIZE);
  let filled = 0;
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length;) {
      const count = Math.min(chunk.length - at, buffer.length - filled);
      buffer.set(chunk.subarray(at, at + count), filled);
      at += count;
      filled += count;
      if (filled < buffer.length) continue;
      yield buffer;
      buffer = new Uint8Array(CHUNK_SIZE);
      filled = 0;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

/**
 * A tar stream in the one form about which tar-stream has no doubt: a ustar header for each member, holes filled,
 * extension headers gone, all checks done. `onMember` is told of each member before its header comes.
 * @throws {ToolError} any TAR or LIMIT code
 */
export const plainTar = (
  stream: ByteStream,
  options: PlainTarOptions,
  onMember: (member: PlainMember) => void,
): ByteStream => gathered(new PlainTar(stream, options).read(onMember));
