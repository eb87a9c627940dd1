import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { SeenRequest } from './fake-registry.js';

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

const digestOf = (bytes: Uint8Array, algorithm = 'sha256'): string =>
  `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;

interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

interface Repository {
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, string>;
}

interface ManifestDocument {
  readonly subject?: { readonly digest: string };
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly config?: { readonly mediaType: string };
}

/**
 * The memory of a fake registry, and what an ordinary registry answers from it.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 */
export class FakeContent {
  /** Whether there is the referrers API; without it, manifests with a subject get no `OCI-Subject` either. */
  referrers = true;
  /** Tags or referrers on one page, where the client does not say. */
  pageSize = 1000;
  /** Whether a blob of another repository can be mounted. */
  mounts = true;
  /** `OCI-Chunk-Min-Length` of new uploads. */
  chunkLeast: number | undefined;
  readonly repositories = new Map<string, Repository>();
  readonly #uploads = new Map<string, Buffer>();
  #count = 0;

  repository(name: string): Repository {
    const known = this.repositories.get(name);
    if (known !== undefined) return known;
    const made: Repository = { blobs: new Map(), manifests: new Map(), tags: new Map() };
    this.repositories.set(name, made);
    return made;
  }

  /** @returns its digest */
  putBlob(name: string, bytes: Uint8Array): string {
    const digest = digestOf(bytes);
    this.repository(name).blobs.set(digest, Buffer.from(bytes));
    return digest;
  }

  /** @returns its digest */
  putManifest(name: string, bytes: Uint8Array, mediaType: string, ...tags: readonly string[]): string {
    const digest = digestOf(bytes);
    const repository = this.repository(name);
    repository.manifests.set(digest, { mediaType, bytes: Buffer.from(bytes) });
    for (const tag of tags) repository.tags.set(tag, digest);
    return digest;
  }

  answer(response: ServerResponse, request: SeenRequest): void {
    const { pathname } = request.url;
    if (pathname === '/v2/' || pathname === '/v2') return this.#send(response, 200, {}, '{}');
    const match = /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests|referrers|tags)\/(.*)$/.exec(pathname);
    const [, name = '', kind = '', rest = ''] = match ?? [];
    switch (kind) {
      case 'blobs':
        return this.#blob(response, request, name, rest);
      case 'manifests':
        return request.method === 'PUT'
          ? this.#putManifest(response, request, name, rest)
          : this.#manifest(response, name, rest);
      case 'blobs/uploads':
        return this.#upload(response, request, name, rest);
      case 'tags':
        return this.#tags(response, request, name);
      case 'referrers':
        return this.#referrers(response, request, name, rest);
      default:
        return this.#refuse(response, 404, 'UNSUPPORTED');
    }
  }

  #send(
    response: ServerResponse,
    status: number,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array | string = '',
  ): void {
    response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
    response.end(body);
  }

  #refuse(response: ServerResponse, status: number, code: string): void {
    const body = JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] });
    this.#send(response, status, { 'content-type': 'application/json' }, body);
  }

  #blob(response: ServerResponse, request: SeenRequest, name: string, digest: string): void {
    const blob = this.repositories.get(name)?.blobs.get(digest);
    if (blob === undefined) return this.#refuse(response, 404, 'BLOB_UNKNOWN');
    const headers = {
      'content-type': 'application/octet-stream',
      'docker-content-digest': digest,
      'accept-ranges': 'bytes',
    };
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers['range'] ?? '');
    if (range === null) return this.#send(response, 200, headers, blob);
    const start = Number(range[1]);
    const end = Math.min(blob.length - 1, range[2] === '' ? Infinity : Number(range[2]));
    if (start > end) {
      return this.#send(response, 416, { 'content-range': `bytes */${blob.length}` });
    }
    const part = { ...headers, 'content-range': `bytes ${start}-${end}/${blob.length}` };
    return this.#send(response, 206, part, blob.subarray(start, end + 1));
  }

  #manifest(response: ServerResponse, name: string, reference: string): void {
    const repository = this.repositories.get(name);
    if (repository === undefined) return this.#refuse(response, 404, 'NAME_UNKNOWN');
    const digest = reference.includes(':') ? reference : (repository.tags.get(reference) ?? '');
    const manifest = repository.manifests.get(digest);
    if (manifest === undefined) return this.#refuse(response, 404, 'MANIFEST_UNKNOWN');
    const headers = { 'content-type': manifest.mediaType, 'docker-content-digest': digest, etag: `"${digest}"` };
    return this.#send(response, 200, headers, manifest.bytes);
  }

  #putManifest(response: ServerResponse, request: SeenRequest, name: string, reference: string): void {
    const mediaType = request.headers['content-type'] ?? '';
    const isDigest = reference.includes(':');
    const digest = digestOf(request.body, isDigest ? reference.slice(0, reference.indexOf(':')) : 'sha256');
    if (isDigest && digest !== reference) return this.#refuse(response, 400, 'DIGEST_INVALID');
    const match = request.headers['if-match'];
    const repository = this.repository(name);
    if (match !== undefined && match !== `"${repository.tags.get(reference)}"`) {
      return this.#refuse(response, 412, 'PRECONDITION_FAILED');
    }
    repository.manifests.set(digest, { mediaType, bytes: request.body });
    if (!isDigest) repository.tags.set(reference, digest);
    const { subject } = JSON.parse(request.body.toString('utf8')) as ManifestDocument;
    return this.#send(response, 201, {
      location: `/v2/${name}/manifests/${digest}`,
      'docker-content-digest': digest,
      ...(subject === undefined || !this.referrers ? {} : { 'oci-subject': subject.digest }),
    });
  }

  #begin(response: ServerResponse, request: SeenRequest, name: string): void {
    const query = request.url.searchParams;
    const digest = query.get('mount') ?? '';
    const blob = this.repositories.get(query.get('from') ?? '')?.blobs.get(digest);
    if (blob !== undefined && this.mounts) {
      this.repository(name).blobs.set(digest, blob);
      const headers = { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest };
      return this.#send(response, 201, headers);
    }
    const id = `upload-${++this.#count}`;
    this.#uploads.set(id, Buffer.alloc(0));
    return this.#send(response, 202, {
      location: `/v2/${name}/blobs/uploads/${id}?state=${id}`,
      range: '0-0',
      ...(this.chunkLeast === undefined ? {} : { 'oci-chunk-min-length': String(this.chunkLeast) }),
    });
  }

  #upload(response: ServerResponse, request: SeenRequest, name: string, id: string): void {
    if (request.method === 'POST') return this.#begin(response, request, name);
    const before = this.#uploads.get(id);
    if (before === undefined || request.url.searchParams.get('state') !== id) {
      return this.#refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN');
    }
    const location = `/v2/${name}/blobs/uploads/${id}?state=${id}`;
    const range = /^(\d+)-(\d+)$/.exec(request.headers['content-range'] ?? '');
    if (range !== null && Number(range[1]) !== before.length) {
      return this.#send(response, 416, { location, range: `0-${Math.max(0, before.length - 1)}` });
    }
    if (request.method === 'GET') {
      return this.#send(response, 204, { location, range: `0-${Math.max(0, before.length - 1)}` });
    }
    if (request.method === 'DELETE') {
      this.#uploads.delete(id);
      return this.#send(response, 204, {});
    }
    const after = Buffer.concat([before, request.body]);
    if (request.method === 'PATCH') {
      this.#uploads.set(id, after);
      return this.#send(response, 202, { location, range: `0-${after.length - 1}` });
    }
    this.#uploads.delete(id);
    const digest = request.url.searchParams.get('digest') ?? '';
    if (digestOf(after, digest.startsWith('sha512:') ? 'sha512' : 'sha256') !== digest) {
      return this.#refuse(response, 400, 'DIGEST_INVALID');
    }
    this.repository(name).blobs.set(digest, after);
    return this.#send(response, 201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest });
  }

  #tags(response: ServerResponse, request: SeenRequest, name: string): void {
    const repository = this.repositories.get(name);
    if (repository === undefined) return this.#refuse(response, 404, 'NAME_UNKNOWN');
    const query = request.url.searchParams;
    const last = query.get('last') ?? '';
    const size = Number(query.get('n') ?? this.pageSize);
    const left = [...repository.tags.keys()].sort().filter((tag) => tag > last);
    const tags = left.slice(0, size);
    const next = `</v2/${name}/tags/list?n=${size}&last=${encodeURIComponent(tags.at(-1) ?? '')}>; rel="next"`;
    const headers = { 'content-type': 'application/json', ...(left.length > tags.length ? { link: next } : {}) };
    return this.#send(response, 200, headers, JSON.stringify({ name, tags }));
  }

  #referrers(response: ServerResponse, request: SeenRequest, name: string, subject: string): void {
    if (!this.referrers) return this.#refuse(response, 404, 'UNSUPPORTED');
    const all = [...(this.repositories.get(name)?.manifests ?? [])].flatMap(([digest, { mediaType, bytes }]) => {
      const document = JSON.parse(bytes.toString('utf8')) as ManifestDocument;
      if (document.subject?.digest !== subject) return [];
      const artifactType = document.artifactType ?? document.config?.mediaType;
      const { annotations } = document;
      return [
        {
          mediaType,
          digest,
          size: bytes.length,
          ...(artifactType === undefined ? {} : { artifactType }),
          ...(annotations === undefined ? {} : { annotations }),
        },
      ];
    });
    const start = Number(request.url.searchParams.get('from') ?? 0);
    const manifests = all.slice(start, start + this.pageSize);
    const end = start + manifests.length;
    const next = `</v2/${name}/referrers/${subject}?from=${end}>; rel="next"`;
    const headers = { 'content-type': INDEX_TYPE, ...(end < all.length ? { link: next } : {}) };
    const body = JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests });
    return this.#send(response, 200, headers, body);
  }
}
