import xxhash from 'xxhash-wasm';
let loading;
/** A maker of running XXH64 hashes; the WebAssembly module behind it is loaded once for a process. */
export const loadXxh64 = async () => {
    loading ??= xxhash();
    const api = await loading;
    return () => {
        const hash = api.create64();
        return {
            update: (chunk) => {
                hash.update(chunk);
            },
            low32: () => Number(hash.digest() & 0xffffffffn),
        };
    };
};
