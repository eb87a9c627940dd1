import { readAll, sameBytes } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { isJsonObject } from '../base/json.js';
import { parseJson } from '../base/json-parse.js';
import { decodeImageConfig } from '../oci/image-config.js';
import { decodeArtifactManifest, decodeImageIndex, decodeImageManifest } from '../oci/manifest.js';
import { roleOf } from '../oci/media-type.js';
import { verifiedBlobs } from './blob.js';
/** Bytes of a document, size and digest verified before anything is parsed. @throws {ToolError} LIMIT_METADATA and as {@link verifiedBlobs} */
export const loadRaw = async (blobs, descriptor, limits) => {
    if (descriptor.size > limits.document) {
        throw new ToolError('LIMIT_METADATA', 'the document is larger than the limit', {
            subject: descriptor.digest,
            expected: `at most ${limits.document} bytes`,
            found: `${descriptor.size} bytes`,
        });
    }
    const raw = await readAll(verifiedBlobs(blobs).read(descriptor), descriptor.size, {
        code: 'SIZE_MISMATCH',
        subject: descriptor.digest,
    });
    if (descriptor.data !== undefined && !sameBytes(descriptor.data, raw)) {
        throw new ToolError('DATA_MISMATCH', 'the data embedded in a descriptor are not the blob', {
            subject: descriptor.digest,
        });
    }
    return raw;
};
const parse = (raw, descriptor, limits) => parseJson(raw, { subject: descriptor.digest, depth: limits.jsonDepth });
/** Undefined for what is not JSON. */
const tryParse = (raw, descriptor, limits) => {
    try {
        return parse(raw, descriptor, limits);
    }
    catch (error) {
        if (error instanceof ToolError)
            return undefined;
        throw error;
    }
};
/**
 * A manifest, index or artifact manifest, by the media type of its descriptor.
 * @throws {ToolError} BLOB_MISSING, SIZE_MISMATCH, DIGEST_MISMATCH, LIMIT_METADATA, JSON_*, SCHEMA_INVALID,
 * SCHEMA1_UNSUPPORTED, MANIFEST_AMBIGUOUS, MEDIATYPE_CONFLICT, DIGEST_INVALID, SIZE_INVALID, DATA_MISMATCH
 */
export const loadManifest = async (blobs, descriptor, limits) => {
    const role = roleOf(descriptor.mediaType);
    if (role === 'schema1') {
        throw new ToolError('SCHEMA1_UNSUPPORTED', 'Docker schema 1 manifests are not supported', {
            subject: descriptor.digest,
            found: descriptor.mediaType,
            hint: 'convert the image with a registry client that still reads schema 1, then try again',
        });
    }
    const raw = await loadRaw(blobs, descriptor, limits);
    const decode = {
        index: decodeImageIndex,
        manifest: decodeImageManifest,
        'artifact-manifest': decodeArtifactManifest,
    };
    if (role !== 'index' && role !== 'manifest' && role !== 'artifact-manifest') {
        throw new ToolError('DEFECT', 'not a manifest', { subject: descriptor.digest, found: descriptor.mediaType });
    }
    return { descriptor, raw, value: decode[role](parse(raw, descriptor, limits), descriptor, descriptor.digest) };
};
const MANIFEST_ROLES = new Set(['index', 'manifest', 'artifact-manifest', 'schema1']);
/**
 * What a list of images calls by an unknown media type is carried as it is, unless the document itself says that it
 * is a manifest: then one of the two is wrong, and carrying it would lose what it consists of.
 * @throws {ToolError} MEDIATYPE_CONFLICT, SIZE_MISMATCH, DIGEST_MISMATCH
 */
export const checkNoManifest = async (blobs, descriptor, limits) => {
    if (descriptor.size > limits.document)
        return;
    const raw = await loadRaw(blobs, descriptor, limits);
    const value = tryParse(raw, descriptor, limits);
    const inside = isJsonObject(value) ? value['mediaType'] : undefined;
    if (typeof inside !== 'string' || !MANIFEST_ROLES.has(roleOf(inside)))
        return;
    throw new ToolError('MEDIATYPE_CONFLICT', 'the document disagrees with its descriptor', {
        subject: descriptor.digest,
        pointer: '/mediaType',
        expected: descriptor.mediaType,
        found: inside,
    });
};
/** An image config. @throws as {@link loadManifest}, and CONFIG_INVALID */
export const loadConfig = async (blobs, descriptor, limits) => {
    const raw = await loadRaw(blobs, descriptor, limits);
    return { descriptor, raw, value: parseConfig(raw, descriptor.digest, limits) };
};
/** @throws {ToolError} CONFIG_INVALID also for what is not JSON: an image without a config is no image */
export const parseConfig = (raw, subject, limits) => {
    let value;
    try {
        value = parseJson(raw, { subject, depth: limits.jsonDepth });
    }
    catch (error) {
        if (error instanceof ToolError && error.code === 'JSON_SYNTAX') {
            throw new ToolError('CONFIG_INVALID', 'the image config is not JSON', { ...error.details, cause: error });
        }
        throw error;
    }
    return decodeImageConfig(value, subject);
};
