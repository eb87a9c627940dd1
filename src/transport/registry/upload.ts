import { ToolError } from '../../base/error.js';
import type { ErrorCode } from '../../base/error-code.js';
import { excerpt } from '../../base/escape.js';
import type { VerifiedBlobReader } from '../../content/blob.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { type Digest, algorithmOf, tryParseDigest } from '../../oci/digest.js';
import { findBlob } from './blob.js';
import type { RegistryResponse } from './host.js';
import { type Repository, pullScope, pushScope, repositoryName, targetOf } from './repository.js';
import { UploadBody } from './upload-body.js';

/** Bytes up to which a blob goes in one request, and of the parts of a larger one. */
export const PART_SIZE: number = 128 * 1024 * 1024;

/** Times that an upload may break without getting further. */
const MAX_BREAKS = 5;

export interface UploadOptions {
  readonly signal?: AbortSignal;
  /** Called with bytes that go out for the first time. */
  readonly onBytes?: (bytes: number) => void;
  /** A repository of the same registry that has the blob. */
  readonly mountFrom?: string;
  /** See {@link PART_SIZE}. */
  readonly partSize?: number;
}

interface UploadSession {
  readonly location: string;
  /** Bytes that a part must have at least; 0 where the registry does not say. */
  readonly least: number;
}

/** The URL that a response leads to, which must be one of the same server: what goes there is the user's. */
const lead = (response: RegistryResponse, subject: string): string => {
  const location = response.headers['location'];
  if (location === undefined || !URL.canParse(location, response.url)) {
    throw new ToolError('UPLOAD_INVALID', 'the registry does not say where to upload to', {
      subject,
      expected: 'a Location',
      found: location === undefined ? 'none' : excerpt(location, 200),
    });
  }
  const url = new URL(location, response.url);
  const { origin } = new URL(response.url);
  if (url.origin === origin && url.username === '' && url.password === '') return url.href;
  throw new ToolError('URL_UNTRUSTED', 'the registry wants the upload to go somewhere else', {
    subject,
    expected: origin,
    found: url.origin,
  });
};

/** The digest that the registry says it has stored, where it says one that can be compared. @throws {ToolError} PUSH_DIGEST_MISMATCH */
export const checkStored = (response: RegistryResponse, digest: Digest, subject: string): void => {
  const said = tryParseDigest(response.headers['docker-content-digest'] ?? '');
  if (said === undefined || said === digest || algorithmOf(said) !== algorithmOf(digest)) return;
  throw new ToolError('PUSH_DIGEST_MISMATCH', 'the registry has stored something else', {
    subject,
    expected: digest,
    found: said,
  });
};

/** Bytes that an upload has got, by `Range: 0-LAST`. One byte and none are told in the same way and count as none. */
const receivedOf = (response: RegistryResponse): number => {
  const last = /^(?:bytes=)?0-(\d+)$/.exec(response.headers['range'] ?? '')?.[1];
  return last === undefined || last === '0' ? 0 : Number(last) + 1;
};

/** Failures after which the registry may know how far the upload has come. */
const BREAKS: ReadonlySet<ErrorCode> = new Set(['CONNECTION_LOST', 'TIMEOUT', 'REGISTRY_UNAVAILABLE']);

/** Answers to a part that ask for another way rather than for another try. */
const REFUSED: readonly number[] = [400, 404, 405, 411, 413, 415, 416, 501];

/** One blob on its way into a repository. */
class BlobUpload {
  readonly #repository: Repository;
  readonly #descriptor: Descriptor;
  readonly #options: UploadOptions;
  readonly #body: UploadBody;
  readonly #subject: string;
  #counted = 0;

  constructor(repository: Repository, descriptor: Descriptor, blobs: VerifiedBlobReader, options: UploadOptions) {
    this.#repository = repository;
    this.#descriptor = descriptor;
    this.#options = options;
    this.#body = new UploadBody(blobs, descriptor, options.signal);
    this.#subject = `${repositoryName(repository)}@${descriptor.digest}`;
  }

  /** @returns how the blob came there */
  async run(): Promise<'mounted' | 'uploaded'> {
    try {
      const session = await this.#begin(this.#options.mountFrom);
      if (session === 'mounted') return session;
      await this.#send(session);
      return 'uploaded';
    } catch (error) {
      // A blob that is not what it should be is the reason of whatever the registry says then.
      throw this.#body.failure ?? error;
    } finally {
      await this.#body.close();
    }
  }

  #scopes(): readonly string[] {
    const { mountFrom } = this.#options;
    return [pushScope(this.#repository.path), ...(mountFrom === undefined ? [] : [pullScope(mountFrom)])];
  }

  #request(
    method: 'POST' | 'PUT' | 'PATCH' | 'GET',
    target: string,
    expect: readonly number[],
    more: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly part?: readonly [start: number, end: number];
    } = {},
  ): Promise<RegistryResponse> {
    const [start, end] = more.part ?? [0, 0];
    const hasBody = method === 'PUT' || method === 'PATCH' || method === 'POST';
    return this.#repository.host.send({
      method,
      target,
      scopes: this.#scopes(),
      expect,
      ...(more.headers === undefined ? {} : { headers: more.headers }),
      ...(hasBody ? { body: { length: end - start, open: () => this.#part(start, end) } } : {}),
      ...(this.#options.signal === undefined ? {} : { signal: this.#options.signal }),
    });
  }

  /** A part of the body; its bytes are counted when they go out for the first time. */
  async *#part(start: number, end: number): AsyncIterable<Uint8Array> {
    let at = start;
    for await (const chunk of this.#body.part(start, end)) {
      yield chunk;
      at += chunk.length;
      if (at <= this.#counted) continue;
      this.#options.onBytes?.(at - this.#counted);
      this.#counted = at;
    }
  }

  /** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#mounting-a-blob-from-another-repository */
  async #begin(mountFrom?: string): Promise<UploadSession | 'mounted'> {
    const query =
      mountFrom === undefined ? '' : `?mount=${this.#descriptor.digest}&from=${encodeURIComponent(mountFrom)}`;
    const target = targetOf(this.#repository, `blobs/uploads/${query}`);
    const response = await this.#request('POST', target, mountFrom === undefined ? [202] : [201, 202]);
    response.cancel();
    if (response.status === 202) {
      const least = response.headers['oci-chunk-min-length'] ?? '';
      return { location: lead(response, this.#subject), least: /^\d{1,15}$/.test(least) ? Number(least) : 0 };
    }
    checkStored(response, this.#descriptor.digest, this.#subject);
    const { signal } = this.#options;
    if (await findBlob(this.#repository, this.#descriptor, this.#scopes(), signal)) return 'mounted';
    // It said that it had mounted the blob and does not have it: upload it.
    return this.#begin();
  }

  async #send(session: UploadSession): Promise<void> {
    const { size } = this.#descriptor;
    const partSize = Math.max(this.#options.partSize ?? PART_SIZE, session.least);
    let { location } = session;
    let inParts = size > partSize;
    let at = 0;
    for (let breaks = 0; ;) {
      const before = at;
      let cause: ToolError | undefined;
      try {
        if (!inParts) {
          const done = await this.#finish(location, [at, size]);
          if (done) return;
          // Whatever it has of the blob, the registry wants it from the start.
          inParts = false;
          ({ location } = await this.#restart());
          at = 0;
        } else if (at === size) {
          if (await this.#finish(location, [at, at])) return;
          ({ location } = await this.#restart());
          at = 0;
        } else {
          const sent = await this.#patch(location, at, Math.min(size, at + partSize));
          if (sent === 'refused') {
            ({ location } = await this.#restart());
            at = 0;
            inParts = false;
          } else ({ location, at } = sent);
        }
      } catch (error) {
        if (this.#body.failure !== undefined || this.#options.signal?.aborted === true) throw error;
        if (!(error instanceof ToolError) || !BREAKS.has(error.code)) throw error;
        cause = error;
        ({ location, at } = await this.#resume(location));
        inParts = at > 0 || size > partSize;
      }
      breaks = at > before ? 0 : breaks + 1;
      if (breaks > MAX_BREAKS) throw cause ?? this.#stuck(at);
    }
  }

  #stuck(at: number): ToolError {
    return new ToolError('UPLOAD_INVALID', 'the registry does not take the blob', {
      subject: this.#subject,
      expected: `${this.#descriptor.size} bytes`,
      found: `${at} bytes`,
    });
  }

  async #restart(): Promise<UploadSession> {
    const session = await this.#begin();
    if (session === 'mounted') throw this.#stuck(0);
    return session;
  }

  /** Where an upload that broke stands; from the start if the registry has forgotten it. */
  async #resume(location: string): Promise<{ readonly location: string; readonly at: number }> {
    const response = await this.#request('GET', location, [200, 204, 400, 404, 405, 416]);
    response.cancel();
    const isKnown = response.status === 204 || response.status === 200;
    const at = isKnown ? receivedOf(response) : 0;
    if (at === 0 || at > this.#descriptor.size) return { location: (await this.#restart()).location, at: 0 };
    return { location: response.headers['location'] === undefined ? location : lead(response, this.#subject), at };
  }

  /** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks */
  async #patch(
    location: string,
    start: number,
    end: number,
  ): Promise<{ readonly location: string; readonly at: number } | 'refused'> {
    const response = await this.#request('PATCH', location, [202, ...REFUSED], {
      headers: { 'content-type': 'application/octet-stream', 'content-range': `${start}-${end - 1}` },
      part: [start, end],
    });
    response.cancel();
    if (response.status === 416 && start > 0) return this.#resume(location);
    if (response.status !== 202) return 'refused';
    const received = response.headers['range'] === undefined ? end : receivedOf(response);
    return { location: lead(response, this.#subject), at: received > end ? end : received };
  }

  /** Ends the upload, with what is left of the blob. False if the registry wants another start. */
  async #finish(location: string, part: readonly [start: number, end: number]): Promise<boolean> {
    const { digest } = this.#descriptor;
    const query = `${location.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`;
    const response = await this.#request('PUT', `${location}${query}`, [201, 204, 404, 416], {
      headers: { 'content-type': 'application/octet-stream' },
      part,
    });
    response.cancel();
    if (response.status === 201 || response.status === 204) {
      checkStored(response, digest, this.#subject);
      return true;
    }
    // An end that was taken and not confirmed is repeated, and then unknown.
    return findBlob(this.#repository, this.#descriptor, this.#scopes(), this.#options.signal);
  }
}

/**
 * A blob into a repository that does not have it: mounted from another repository of the registry, in one request, or
 * in parts. An upload that breaks is taken up where the registry says that it stands. The registry is given the last
 * byte only after the digest of all was right.
 * @throws {ToolError} UPLOAD_INVALID, PUSH_DIGEST_MISMATCH, as the blob reader and as `RegistryHost.send`
 */
export const uploadBlob = (
  repository: Repository,
  descriptor: Descriptor,
  blobs: VerifiedBlobReader,
  options: UploadOptions = {},
): Promise<'mounted' | 'uploaded'> => new BlobUpload(repository, descriptor, blobs, options).run();
