import { crc32 } from 'node:zlib';
/** Bytes that are encoded before the output is looked at: bounds the memory of the output, and the time of a turn. */
const PIECE = 128 * 1024;
const headerBytes = ({ mtime, extraFlags, os }) => {
    const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, extraFlags, os);
    new DataView(header.buffer).setUint32(4, mtime, true);
    return header;
};
const trailerBytes = (crc, size) => {
    const trailer = new Uint8Array(8);
    const view = new DataView(trailer.buffer);
    view.setUint32(0, crc, true);
    view.setUint32(4, size, true);
    return trailer;
};
/**
 * One gzip member (RFC 1952) around what the encoder makes of a stream. Pull only; an error of the input passes
 * unchanged.
 */
export async function* gzipStream(stream, encoder, header) {
    yield headerBytes(header);
    let crc = 0;
    let size = 0;
    for await (const chunk of stream) {
        crc = crc32(chunk, crc);
        size = (size + chunk.length) % 0x1_0000_0000;
        for (let at = 0; at < chunk.length; at += PIECE) {
            encoder.write(chunk.subarray(at, at + PIECE));
            const ready = encoder.take();
            if (ready.length > 0)
                yield ready;
        }
    }
    encoder.finish();
    yield encoder.take();
    yield trailerBytes(crc, size);
}
