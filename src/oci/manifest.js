import { ToolError } from '../base/error.js';
import { Cursor } from './decode.js';
import { decodeAnnotations, decodeDescriptor, decodeMediaType } from './descriptor.js';
const checkVersion = (cursor) => {
    const version = cursor.field('schemaVersion');
    if (version.value === 1) {
        throw new ToolError('SCHEMA1_UNSUPPORTED', 'Docker schema 1 manifests are not supported', {
            subject: cursor.subject,
            pointer: version.pointer,
            expected: 'schemaVersion 2',
            found: '1',
            hint: 'convert the image with a registry client that still reads schema 1, then try again',
        });
    }
    if (version.value !== 2)
        version.fail('schemaVersion 2');
};
const checkMediaType = (cursor, expected) => {
    const inside = cursor.field('mediaType').optional(decodeMediaType);
    if (inside !== undefined && inside !== expected) {
        throw new ToolError('MEDIATYPE_CONFLICT', 'the document disagrees with its descriptor', {
            subject: cursor.subject,
            pointer: cursor.field('mediaType').pointer,
            expected,
            found: inside,
        });
    }
    return inside;
};
const checkUnambiguous = (cursor) => {
    const parts = ['config', 'layers'].filter((name) => cursor.field(name).present);
    if (cursor.field('manifests').present && parts.length > 0) {
        throw new ToolError('MANIFEST_AMBIGUOUS', 'the document is both a manifest and an index', {
            subject: cursor.subject,
            expected: 'either manifests, or config and layers',
            found: ['manifests', ...parts].join(', '),
        });
    }
};
const common = (cursor, descriptor) => {
    const mediaType = checkMediaType(cursor, descriptor.mediaType);
    const artifactType = cursor.field('artifactType').optional((field) => field.string());
    const subject = cursor.field('subject').optional(decodeDescriptor);
    return {
        annotations: decodeAnnotations(cursor.field('annotations')),
        ...(mediaType === undefined ? {} : { mediaType }),
        ...(artifactType === undefined || artifactType === '' ? {} : { artifactType }),
        ...(subject === undefined ? {} : { subject }),
    };
};
/**
 * @throws {ToolError} SCHEMA_INVALID, SCHEMA1_UNSUPPORTED, MANIFEST_AMBIGUOUS, MEDIATYPE_CONFLICT, DIGEST_INVALID,
 * SIZE_INVALID, DATA_MISMATCH
 */
export const decodeImageManifest = (value, descriptor, subject) => {
    const cursor = new Cursor(value, subject);
    checkUnambiguous(cursor);
    checkVersion(cursor);
    return {
        kind: 'manifest',
        ...common(cursor, descriptor),
        config: decodeDescriptor(cursor.field('config')),
        layers: cursor.field('layers').array().map(decodeDescriptor),
    };
};
/** @throws as {@link decodeImageManifest} */
export const decodeImageIndex = (value, descriptor, subject) => {
    const cursor = new Cursor(value, subject);
    checkUnambiguous(cursor);
    checkVersion(cursor);
    return {
        kind: 'index',
        ...common(cursor, descriptor),
        manifests: cursor.field('manifests').array().map(decodeDescriptor),
    };
};
/** @throws as {@link decodeImageManifest} */
export const decodeArtifactManifest = (value, descriptor, subject) => {
    const cursor = new Cursor(value, subject);
    return {
        kind: 'artifact-manifest',
        ...common(cursor, descriptor),
        blobs: cursor.field('blobs').optional((field) => field.array().map(decodeDescriptor), 'null is absent') ?? [],
    };
};
