import { ToolError } from '../../base/error.js';
import { gzipStream } from './gzip-stream.js';
/** XFL as most encoders set it. */
const extraFlagsOf = (level) => (level === 9 ? 2 : level === 1 ? 4 : 0);
/** Go's compress/gzip. */
const goRecipe = (level) => ({
    header: { mtime: 0, extraFlags: extraFlagsOf(level), os: 255 },
    start: async () => level === 1 ? new (await import('./go-speed.js')).GoSpeed() : (await import('./go-flate.js')).goFlate(level),
});
/** zlib's own gzip format, as Python writes it on Unix. */
const zlibRecipe = (level) => ({
    header: { mtime: 0, extraFlags: extraFlagsOf(level), os: 3 },
    start: async () => (await import('./zlib-flate.js')).zlibFlate(level, 8),
});
/** Java's GZIPOutputStream: zlib inside, a header of its own. */
const javaRecipe = (level, os) => ({
    ...zlibRecipe(level),
    header: { mtime: 0, extraFlags: 0, os },
});
const fflateRecipe = (level) => ({
    header: { mtime: 0, extraFlags: extraFlagsOf(level), os: 3 },
    start: async () => (await import('./fflate-flate.js')).fflateFlate(level),
});
const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const RECIPES = new Map([
    ...LEVELS.map((level) => [`go-flate-1.26/${level}`, goRecipe(level)]),
    ...LEVELS.map((level) => [`zlib-1.3/${level}`, zlibRecipe(level)]),
    // JDK 16 and later write OS 255, earlier ones 0.
    ...[0, 255].map((os) => [`zlib-1.3/6+os${os}`, javaRecipe(6, os)]),
    ...[1, 6, 9].map((level) => [`fflate-0.8/${level}`, fflateRecipe(level)]),
]);
/** Every id that {@link pinnedCodec} knows. */
export const PINNED_CODEC_IDS = [...RECIPES.keys()];
/** What is used where none is asked for: the bytes that docker, containerd and BuildKit pushed up to Go 1.26. */
export const DEFAULT_PINNED_CODEC = 'go-flate-1.26/6';
/**
 * The codec of an id.
 * @throws {ToolError} CODEC_UNKNOWN
 */
export const pinnedCodec = (id) => {
    const recipe = RECIPES.get(id);
    if (recipe === undefined) {
        throw new ToolError('CODEC_UNKNOWN', 'no such codec', {
            subject: id,
            hint: `choose one of ${PINNED_CODEC_IDS.join(', ')}`,
        });
    }
    return {
        id,
        async *compress(stream) {
            yield* gzipStream(stream, await recipe.start(), recipe.header);
        },
    };
};
