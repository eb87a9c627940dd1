import { ToolError, invariant } from '../base/error.js';
import { SNIFF_LENGTH, sniffCompression } from '../codec/compression.js';
import { runSources } from '../codec/bulk-source.js';
import { withMemory } from '../content/blob.js';
import { parseConfig } from '../content/document.js';
import { nameFromRepoTag } from '../content/name.js';
import { synthesizeManifest } from '../content/synthesis.js';
import { digestFromHex, digestOf, encodedOf, hashAlgorithmOf, tryParseDigest } from '../oci/digest.js';
import { DOCKER_MANIFEST_FILE, decodeDockerSaveManifest, } from '../oci/docker-save.js';
import { readWhole } from './read-document.js';
import { notesOf } from './tree-notes.js';
const missing = (tree, path, what) => new ToolError('BLOB_MISSING', `the ${what} is not in the archive`, {
    subject: `${tree.name}: ${DOCKER_MANIFEST_FILE}`,
    expected: path,
    found: 'nothing',
});
/** The digest that a config's file name claims: `<hex>.json`, `sha256:<hex>`, `blobs/sha256/<hex>`. */
const claimedByName = (path) => {
    const base = path.slice(path.lastIndexOf('/') + 1);
    const hex = /^(?:sha256:)?([0-9a-f]{64})(?:\.json)?$/.exec(base)?.[1];
    return hex === undefined ? undefined : tryParseDigest(`sha256:${hex}`);
};
const EMPTY_DIGEST = digestOf(new Uint8Array(0));
class DockerArchiveReader {
    documents = new Map();
    notes = [];
    /** Where a blob lies: layers by the digest of their file. */
    paths = new Map();
    tree;
    options;
    layers = new Map();
    digests = new Map();
    constructor(tree, options) {
        this.tree = tree;
        this.options = options;
    }
    async read(items) {
        const images = [];
        for (const item of items) {
            const raw = await this.readConfig(item);
            const config = parseConfig(raw, this.subject(item.config), this.options.limits);
            this.checkLayerCount(item, config);
            const layers = [];
            for (const [index, path] of item.layers.entries()) {
                const diffID = config.diffIDs[index];
                if (diffID !== undefined)
                    layers.push(await this.layer(path, diffID));
            }
            images.push({ item, raw, config, layers });
        }
        await this.hashUnvouched();
        return images.flatMap(({ item, raw, layers }) => this.roots(item, raw, layers));
    }
    subject(path) {
        return `${this.tree.name}: ${path}`;
    }
    async open(path, what) {
        const source = await this.tree.open(path);
        if (source === undefined)
            throw missing(this.tree, path, what);
        return source;
    }
    async readConfig(item) {
        const raw = await readWhole(await this.open(item.config, 'config'), this.options.limits.document, this.subject(item.config));
        const claimed = claimedByName(item.config);
        const found = digestOf(raw);
        if (claimed !== undefined && claimed !== found) {
            throw new ToolError('CONFIG_NAME_MISMATCH', 'the config is not the one that its file name claims', {
                subject: this.subject(item.config),
                expected: claimed,
                found,
                hint: 'the config was altered after the archive was made; do not trust this archive',
            });
        }
        this.documents.set(found, raw);
        return raw;
    }
    checkLayerCount(item, config) {
        if (item.layers.length === config.diffIDs.length)
            return;
        throw new ToolError('LAYER_COUNT_MISMATCH', 'manifest.json and the config disagree about the number of layers', {
            subject: this.subject(item.config),
            expected: `${config.diffIDs.length} layers, as the config says`,
            found: `${item.layers.length}`,
        });
    }
    async layer(path, diffID) {
        const source = await this.open(path, 'layer');
        try {
            const head = await source.readAt(0, SNIFF_LENGTH);
            const compression = sniffCompression(head);
            if (source.size === 0 && diffID !== EMPTY_DIGEST) {
                throw new ToolError('LAYER_EMPTY', 'the layer has no bytes', {
                    subject: this.subject(path),
                    expected: `content of diffID ${diffID}`,
                    found: '0 bytes',
                });
            }
            const known = this.layers.get(path);
            if (known !== undefined && known.diffID !== diffID) {
                throw new ToolError('DIFFID_MISMATCH', 'two configs give one layer different diffIDs', {
                    subject: this.subject(path),
                    expected: known.diffID,
                    found: diffID,
                });
            }
            const isUnvouched = compression !== 'none' || !(await this.isFirst(path, source, diffID));
            const layer = known ?? { path, size: source.size, compression, diffID, isUnvouched };
            this.layers.set(path, layer);
            if (compression === 'none')
                this.place(path, diffID);
            return layer;
        }
        finally {
            await source.close();
        }
    }
    /** False if the layer lies in another file too; links to one file are one file. */
    async isFirst(path, source, diffID) {
        const first = this.paths.get(diffID);
        if (first === undefined || first === path)
            return true;
        const other = await this.open(first, 'layer');
        await other.close();
        return source.file !== undefined && source.file.offset === other.file?.offset && source.size === other.size;
    }
    place(path, digest) {
        this.digests.set(path, digest);
        if (!this.paths.has(digest))
            this.paths.set(digest, path);
    }
    /** Nothing gives the digest of a compressed layer here, so its diffID vouches for it, which costs reading it. */
    async hashUnvouched() {
        const pending = [...this.layers.values()].filter((layer) => layer.isUnvouched);
        if (pending.length === 0)
            return;
        const sources = await Promise.all(pending.map((layer) => this.open(layer.path, 'layer')));
        try {
            const results = await runSources(sources.map((source, index) => this.job(source, pending[index])), this.options);
            for (const [index, layer] of pending.entries()) {
                if (layer.compression !== 'none')
                    this.place(layer.path, digestFromHex('sha256', results[index]?.hex ?? ''));
            }
        }
        finally {
            await Promise.all(sources.map((source) => source.close()));
        }
    }
    job(source, layer) {
        invariant(layer !== undefined, 'a source without its layer');
        return {
            subject: this.subject(layer.path),
            source,
            algorithm: 'sha256',
            compression: layer.compression,
            innerAlgorithm: hashAlgorithmOf(layer.diffID),
            expectedInner: encodedOf(layer.diffID),
        };
    }
    roots(item, raw, layers) {
        const synthesis = layers.map((layer) => {
            const digest = this.digests.get(layer.path) ?? layer.diffID;
            const { compression } = layer;
            if (compression !== 'none' && compression !== 'gzip' && compression !== 'zstd') {
                throw new ToolError('CODEC_UNSUPPORTED', 'no media type names a layer of this compression', {
                    subject: this.subject(layer.path),
                    expected: 'an uncompressed, gzip or zstd layer',
                    found: compression,
                    hint: 'load the archive into an engine and save it from there',
                });
            }
            return { descriptor: { digest, size: layer.size }, compression };
        });
        const manifest = synthesizeManifest({ digest: digestOf(raw), size: raw.length }, synthesis);
        this.documents.set(manifest.descriptor.digest, manifest.raw);
        const names = item.repoTags.map(nameFromRepoTag);
        return names.length === 0
            ? [{ descriptor: manifest.descriptor }]
            : names.map((name) => ({ descriptor: manifest.descriptor, name }));
    }
    blobs() {
        return withMemory(this.documents, {
            open: async (descriptor) => {
                const path = this.paths.get(descriptor.digest);
                const source = path === undefined ? undefined : await this.tree.open(path);
                if (path === undefined || source === undefined)
                    return undefined;
                // A compressed layer has its digest from its bytes, once its diffID has vouched for them.
                const isPlain = this.layers.get(path)?.compression === 'none';
                return { ...source, name: this.subject(path), ...(isPlain ? { vouchedBy: 'diffID' } : {}) };
            },
        });
    }
}
/** @throws as {@link openDockerArchive} */
export const readDockerImages = async (tree, items, options) => {
    const reader = new DockerArchiveReader(tree, options);
    const roots = await reader.read(items);
    return { roots, documents: reader.documents, blobs: reader.blobs(), notes: reader.notes };
};
/** The items of `manifest.json`; what is odd about its keys goes to the notes. @throws as `decodeDockerSaveManifest` */
export const decodeItems = (manifest, subject, notes) => decodeDockerSaveManifest(manifest, subject, (found, pointer) => {
    notes.push({ code: 'JSON_KEY_CASE', severity: 'warning', message: 'a key in another case', subject, pointer, found });
});
/**
 * An archive of `docker save` in any of its shapes: v1 directories, flat files, links between equal layers,
 * compressed layers. Names of files mean nothing but what `manifest.json` says of them; a config whose name claims a
 * digest must have it.
 * @throws {ToolError} ARCHIVE_EMPTY, SCHEMA_INVALID, JSON_AMBIGUOUS_KEY, BLOB_MISSING, CONFIG_INVALID,
 * CONFIG_NAME_MISMATCH, LAYER_COUNT_MISMATCH, LAYER_EMPTY, DIFFID_MISMATCH, CODEC_UNSUPPORTED, LIMIT_METADATA
 */
export const openDockerArchive = async (tree, manifest, options) => {
    const notes = [...notesOf(tree)];
    const subject = `${tree.name}: ${DOCKER_MANIFEST_FILE}`;
    const items = decodeItems(manifest, subject, notes);
    if (items.length === 0) {
        throw new ToolError('ARCHIVE_EMPTY', 'the archive holds no image', { subject, expected: 'at least one image', found: '[]' });
    }
    const images = await readDockerImages(tree, items, options);
    return {
        name: tree.name,
        kind: 'docker-archive',
        roots: images.roots,
        blobs: images.blobs,
        notes: [...notes, ...images.notes],
        close: () => tree.close(),
    };
};
