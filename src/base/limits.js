const MIB = 1024 * 1024;
export const DEFAULT_LIMITS = {
    document: 4 * MIB,
    topDocument: 16 * MIB,
    jsonDepth: 64,
    members: 100_000,
    tarMeta: MIB,
    name: 4096,
    sparseMap: 1 << 20,
    linkHops: 8,
    indexDepth: 32,
    nodes: 100_000,
    gzipMembers: 1_000_000,
    zstdWindow: 128 * MIB,
    decompressed: 64 * 1024 * MIB,
    decompressionRatio: 2000,
    decompressedFree: 64 * MIB,
};
/** Bytes moved at a time where nothing else decides: large enough to amortise a call, small enough for the cache. */
export const CHUNK_SIZE = 256 * 1024;
