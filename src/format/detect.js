import { ToolError } from '../base/error.js';
import { DOCKER_MANIFEST_FILE, REPOSITORIES_FILE, isDockerSaveManifest } from '../oci/docker-save.js';
import { BLOBS_DIRECTORY, INDEX_FILE, LAYOUT_FILE } from '../oci/image-layout.js';
import { openDirectoryFormat, VERSION_FILE } from './directory.js';
import { openDockerArchive } from './docker-archive.js';
import { openOciLayout } from './oci-layout.js';
import { readTopDocument } from './read-document.js';
const listSome = (tree) => {
    const paths = tree.entries().map((entry) => entry.path);
    return paths.length === 0 ? 'nothing' : paths.slice(0, 5).join(', ') + (paths.length > 5 ? ', …' : '');
};
const unknownFormat = (tree) => {
    const empty = tree.entries().length === 0;
    return new ToolError(empty ? 'ARCHIVE_EMPTY' : 'ARCHIVE_UNKNOWN_FORMAT', empty ? 'the archive is empty' : 'not an image archive', {
        subject: tree.name,
        expected: 'oci-layout and index.json, or the manifest.json of docker save, or a directory of skopeo',
        found: listSome(tree),
    });
};
/**
 * The images of a tree, its format told by its content. An OCI layout counts before docker's `manifest.json`.
 * @throws {ToolError} ARCHIVE_UNKNOWN_FORMAT, ARCHIVE_EMPTY, ARCHIVE_LEGACY_V1, LAYOUT_MISSING, and as the formats
 */
export const openImages = async (tree, options) => {
    const has = (path) => tree.entry(path) !== undefined;
    if (has(LAYOUT_FILE))
        return openOciLayout(tree, options);
    if (has(VERSION_FILE) && has(DOCKER_MANIFEST_FILE))
        return openDirectoryFormat(tree, options);
    if (has(DOCKER_MANIFEST_FILE)) {
        const manifest = await readTopDocument(tree, DOCKER_MANIFEST_FILE, options.limits);
        const value = manifest?.value;
        // null and {} are refused by the docker-archive reader, which says why; other dialects are no image archives.
        if (value !== undefined && (isDockerSaveManifest(value) || value === null || typeof value !== 'object')) {
            return openDockerArchive(tree, value, options);
        }
        if (value !== undefined && !Array.isArray(value) && Object.keys(value ?? {}).length === 0) {
            return openDockerArchive(tree, value, options);
        }
        throw unknownFormat(tree);
    }
    if (has(INDEX_FILE) && tree.entries().some((entry) => entry.path.startsWith(`${BLOBS_DIRECTORY}/`))) {
        throw new ToolError('LAYOUT_MISSING', 'the file oci-layout is missing', {
            subject: tree.name,
            expected: 'oci-layout beside index.json',
            found: listSome(tree),
        });
    }
    if (has(REPOSITORIES_FILE)) {
        throw new ToolError('ARCHIVE_LEGACY_V1', 'the archive has only the v1 layout of Docker before 1.10', {
            subject: tree.name,
            expected: 'manifest.json',
            found: 'repositories',
            hint: 'load it into an old Docker and save it again',
        });
    }
    throw unknownFormat(tree);
};
