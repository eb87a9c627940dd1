import { LzmaDecoder } from './xz-lzma.js';
/**
 * One run of LZMA2 chunks, to its end mark; chunks of at most 2 MiB, valid until the next pull.
 * @throws {ToolError} XZ_CORRUPT
 */
export async function* readLzma2(reader, window, dictionarySize) {
    const decoder = new LzmaDecoder(window);
    let needsDictionary = true;
    let needsProperties = true;
    let total = 0;
    window.restart(dictionarySize);
    for (;;) {
        const [control = 0] = await reader.need(1);
        if (control === 0) {
            reader.skip(1);
            return;
        }
        const isPlain = control < 0x80;
        if (isPlain && control > 2)
            throw reader.corrupt('unknown LZMA2 chunk');
        if (control === 1 || control >= 0xe0) {
            needsDictionary = false;
            needsProperties = true;
            total = 0;
        }
        if (needsDictionary)
            throw reader.corrupt('LZMA2 chunk before a dictionary reset');
        const hasProperties = control >= 0xc0;
        const header = await reader.need(isPlain ? 3 : hasProperties ? 6 : 5);
        const [, a = 0, b = 0, c = 0, d = 0, properties = 0] = header;
        const size = (isPlain ? 0 : (control & 0x1f) << 16) + (a << 8) + b + 1;
        const stored = isPlain ? size : (c << 8) + d + 1;
        const headerLength = isPlain ? 3 : hasProperties ? 6 : 5;
        const bytes = (await reader.need(headerLength + stored)).subarray(headerLength, headerLength + stored);
        window.reserve(size);
        if (isPlain) {
            window.buffer.set(bytes, window.position);
            window.position += size;
        }
        else {
            if (!hasProperties && needsProperties)
                throw reader.corrupt('LZMA2 chunk without properties');
            reader.located(() => {
                if (hasProperties)
                    decoder.setProperties(properties);
                else if (control >= 0xa0)
                    decoder.resetState();
                decoder.decode(bytes, size, total);
            });
            needsProperties = false;
        }
        total += size;
        reader.skip(headerLength + stored);
        yield window.take();
    }
}
