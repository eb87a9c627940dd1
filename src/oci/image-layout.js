import { ToolError } from '../base/error.js';
import { Cursor } from './decode.js';
import { algorithmOf, encodedOf, tryParseDigest } from './digest.js';
/** Names inside an image layout. @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md */
export const LAYOUT_FILE = 'oci-layout';
export const INDEX_FILE = 'index.json';
export const BLOBS_DIRECTORY = 'blobs';
export const LAYOUT_VERSION = '1.0.0';
export const blobPath = (digest) => `${BLOBS_DIRECTORY}/${algorithmOf(digest)}/${encodedOf(digest)}`;
/** The digest that a path claims, if it is the path of a blob. */
export const digestOfBlobPath = (path) => {
    const match = /^blobs\/([^/]+)\/([^/]+)$/.exec(path);
    return match === null ? undefined : tryParseDigest(`${match[1]}:${match[2]}`);
};
/** @throws {ToolError} LAYOUT_VERSION, SCHEMA_INVALID */
export const checkLayoutVersion = (value, subject) => {
    const version = new Cursor(value, subject).field('imageLayoutVersion');
    const text = version.string();
    if (!/^1\.\d+\.\d+$/.test(text)) {
        throw new ToolError('LAYOUT_VERSION', 'unknown version of the image layout', {
            subject,
            pointer: version.pointer,
            expected: '1.x.y',
            found: text,
        });
    }
};
