import { memorySource } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { startHash } from '../base/hash.js';
import { encodedOf, hashAlgorithmOf } from '../oci/digest.js';
/** @throws {ToolError} DIGEST_ALGORITHM_UNSUPPORTED */
export const expectationOf = (digest, source) => {
    const algorithm = hashAlgorithmOf(digest);
    const hex = encodedOf(digest);
    return source.vouchedBy === 'diffID'
        ? { subject: source.name, algorithm, compression: 'none', expectedInner: hex }
        : { subject: digest, algorithm, expected: hex };
};
export const blobMissing = (descriptor, hint) => new ToolError('BLOB_MISSING', 'the blob is not there', {
    subject: descriptor.digest,
    expected: `${descriptor.size} bytes of ${descriptor.mediaType}`,
    found: 'nothing',
    ...(hint === undefined ? {} : { hint }),
});
const checkSize = (descriptor, found) => {
    if (found === descriptor.size)
        return;
    throw new ToolError('SIZE_MISMATCH', 'the blob is not of the size that its descriptor says', {
        subject: descriptor.digest,
        expected: `${descriptor.size} bytes`,
        found: typeof found === 'number' ? `${found} bytes` : found,
    });
};
async function* verifiedStream(source, descriptor, signal) {
    try {
        checkSize(descriptor, source.size);
        const { subject, algorithm } = expectationOf(descriptor.digest, source);
        const hasher = startHash(algorithm);
        let count = 0;
        for await (const chunk of source.read(undefined, signal)) {
            count += chunk.length;
            if (count > descriptor.size)
                checkSize(descriptor, 'more');
            hasher.update(chunk);
            yield chunk;
        }
        checkSize(descriptor, count);
        const hex = hasher.hex();
        if (hex !== encodedOf(descriptor.digest)) {
            const details = { subject, expected: encodedOf(descriptor.digest), found: hex };
            throw source.vouchedBy === 'diffID'
                ? new ToolError('DIFFID_MISMATCH', 'the layer does not have the diffID that the config gives it', details)
                : new ToolError('DIGEST_MISMATCH', 'the bytes do not have the digest that names them', details);
        }
    }
    finally {
        await source.close();
    }
}
/** The only way to a {@link VerifiedBlobReader}. */
export const verifiedBlobs = (blobs) => {
    const open = async (descriptor) => {
        hashAlgorithmOf(descriptor.digest);
        const source = await blobs.open(descriptor);
        if (source === undefined)
            throw blobMissing(descriptor);
        return source;
    };
    const reader = {
        async *read(descriptor, signal) {
            yield* verifiedStream(await open(descriptor), descriptor, signal);
        },
        extent: async (descriptor) => {
            const source = await open(descriptor);
            try {
                checkSize(descriptor, source.size);
            }
            catch (error) {
                await source.close();
                throw error;
            }
            if (source.file === undefined) {
                await source.close();
                return undefined;
            }
            const expectation = expectationOf(descriptor.digest, source);
            return { expectation, file: source.file, release: () => source.close() };
        },
    };
    // The brand exists in the type system alone; this is the one place that grants it.
    return reader;
};
/** Blobs in memory before all others: manifests made here, data embedded in descriptors. */
export const withMemory = (memory, rest) => ({
    open: async (descriptor) => {
        const bytes = memory.get(descriptor.digest);
        return bytes === undefined ? rest.open(descriptor) : memorySource(bytes, descriptor.digest);
    },
});
/** The first reader that has a blob gives it. */
export const firstOf = (readers) => ({
    open: async (descriptor) => {
        for (const reader of readers) {
            const source = await reader.open(descriptor);
            if (source !== undefined)
                return source;
        }
        return undefined;
    },
});
