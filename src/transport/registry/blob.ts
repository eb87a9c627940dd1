import { type ByteRange, type ByteStream, gathered, readAll } from '../../base/bytes.js';
import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';
import { type BlobSource, blobMissing } from '../../content/blob.js';
import type { Descriptor } from '../../oci/descriptor.js';
import type { RegistryResponse } from './host.js';
import { checkEncoding } from './manifest.js';
import { type Repository, pullScope, repositoryName, targetOf } from './repository.js';

/** Streams that may break with less than {@link PROGRESS} bytes between them. */
const MAX_BREAKS = 5;

/** Bytes after which a stream that breaks again is one that works. */
const PROGRESS = 1 << 20;

/** Bytes handed on at a time: sockets give less, and each step of the way costs the same for few bytes as for many. */
const GATHERED = 1 << 20;

/** The last byte of a request that asks for all; a blob of unknown end is read to the end of the body. */
interface Span {
  readonly start: number;
  readonly end: number;
}

const rangeInvalid = (subject: string, expected: string, found: string): ToolError =>
  new ToolError('RANGE_INVALID', 'the registry answers with another part of the blob', { subject, expected, found });

/**
 * Bytes of the body to leave out, since a registry that does not know ranges begins at the first.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14.4
 */
const surplusOf = (response: RegistryResponse, at: number, size: number, subject: string): number => {
  if (response.status === 200) return at;
  const said = response.headers['content-range'] ?? '';
  const [, first, , total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(said) ?? [];
  if (first === undefined || Number(first) !== at || (total !== '*' && Number(total) !== size))
    throw rangeInvalid(subject, `bytes from ${at} of ${size}`, excerpt(said) || 'no Content-Range');
  return 0;
};

const sizeMismatch = ({ digest, size }: Descriptor, found: string): ToolError =>
  new ToolError('SIZE_MISMATCH', 'the blob is not of the size that its descriptor says', {
    subject: digest,
    expected: `${size} bytes`,
    found,
  });

const requestBlob = async (
  repository: Repository,
  descriptor: Descriptor,
  { start, end }: Span,
  signal: AbortSignal | undefined,
): Promise<RegistryResponse> => {
  const { digest, size } = descriptor;
  const isWhole = start === 0 && end === size;
  const response = await repository.host.send({
    method: 'GET',
    target: targetOf(repository, `blobs/${digest}`),
    headers: isWhole ? {} : { range: `bytes=${start}-${end - 1}` },
    scopes: [pullScope(repository.path)],
    expect: [200, 206, 404, 416],
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    if (response.status === 404) throw blobMissing(descriptor, `the registry ${repository.host.name} has lost it`);
    if (response.status === 416) throw sizeMismatch(descriptor, `no byte ${start}`);
    checkEncoding(response, digest);
    const length = response.headers['content-length'];
    if (response.status === 200 && length !== undefined && Number(length) !== size)
      throw sizeMismatch(descriptor, `${excerpt(length)} bytes`);
    return response;
  } catch (error) {
    response.cancel();
    throw error;
  }
};

/** Whether the rest of a body may be asked for again: not what is wrong with the content, nor what the user wants. */
const isBroken = (error: unknown, signal: AbortSignal | undefined): boolean =>
  signal?.aborted !== true &&
  error instanceof ToolError &&
  (error.code === 'CONNECTION_LOST' || error.code === 'TIMEOUT');

/** Bytes of a blob. A stream that breaks is taken up where it broke; what it gives is verified by whoever reads it. */
async function* blobStream(
  repository: Repository,
  descriptor: Descriptor,
  span: Span,
  signal: AbortSignal | undefined,
): ByteStream {
  let at = span.start;
  let breaks = 0;
  let lastBreak = at;
  while (at < span.end) {
    const response = await requestBlob(repository, descriptor, { start: at, end: span.end }, signal);
    let broken: unknown;
    try {
      let surplus = surplusOf(response, at, descriptor.size, descriptor.digest);
      const wanted = response.body[Symbol.asyncIterator]();
      for (;;) {
        let next: IteratorResult<Uint8Array>;
        try {
          next = await wanted.next();
        } catch (error) {
          if (!isBroken(error, signal)) throw error;
          broken = error;
          break;
        }
        if (next.done === true) break;
        const skipped = Math.min(surplus, next.value.length);
        surplus -= skipped;
        const chunk = skipped === 0 ? next.value : next.value.subarray(skipped);
        if (chunk.length === 0) continue;
        // A part ends where it was asked to; of the whole the verifier wants to see what is too much.
        const isPart = span.end < descriptor.size;
        yield isPart && at + chunk.length > span.end ? chunk.subarray(0, span.end - at) : chunk;
        at += chunk.length;
        if (isPart && at >= span.end) break;
      }
    } finally {
      response.cancel();
    }
    if (at >= span.end) return;
    breaks = at - lastBreak >= PROGRESS ? 1 : breaks + 1;
    lastBreak = at;
    if (breaks > MAX_BREAKS) {
      throw new ToolError('TRANSFER_TRUNCATED', 'the registry breaks off the transfer again and again', {
        subject: `${repositoryName(repository)}@${descriptor.digest}`,
        offset: at,
        expected: `${descriptor.size} bytes`,
        found: `${at} bytes`,
        hint: 'try again later; what is complete is kept in a store or layout',
        cause: broken,
      });
    }
  }
}

const spanOf = (size: number, range: ByteRange | undefined): Span => {
  const start = Math.min(range?.offset ?? 0, size);
  return { start, end: range?.length === undefined ? size : Math.min(size, start + range.length) };
};

/**
 * A blob of a repository. That it is there is believed until it is read: a registry that took a manifest has its
 * blobs, and asking for each would cost a request.
 */
export const registryBlob = (repository: Repository, descriptor: Descriptor): BlobSource => ({
  size: descriptor.size,
  name: `${repositoryName(repository)}@${descriptor.digest}`,
  isRemote: true,
  read: (range, signal) => {
    const span = spanOf(descriptor.size, range);
    const stream = blobStream(repository, descriptor, span, signal);
    return gathered(stream, Math.max(1, Math.min(GATHERED, span.end - span.start)));
  },
  readAt: (offset, length) =>
    readAll(blobStream(repository, descriptor, spanOf(descriptor.size, { offset, length }), undefined), length, {
      code: 'SIZE_MISMATCH',
      subject: descriptor.digest,
    }),
  close: async () => {},
});

/** Whether a repository has a blob, and of which size where it says so. */
export const findBlob = async (
  repository: Repository,
  descriptor: Descriptor,
  scopes: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> => {
  const response = await repository.host.send({
    method: 'HEAD',
    target: targetOf(repository, `blobs/${descriptor.digest}`),
    scopes,
    expect: [200, 404],
    ...(signal === undefined ? {} : { signal }),
  });
  response.cancel();
  if (response.status === 404) return false;
  const length = response.headers['content-length'];
  if (length !== undefined && Number(length) !== descriptor.size)
    throw sizeMismatch(descriptor, `${excerpt(length)} bytes`);
  return true;
};
