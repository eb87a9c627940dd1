import { PINNED_CODEC_IDS } from '../codec/pinned/codec.js';
import { encodedOf, hashAlgorithmOf } from '../oci/digest.js';
import { convertLayers } from './convert.js';
/**
 * Codecs by how often real layers are made by them: Docker, containerd and BuildKit; crane and kaniko; jib; the rest.
 */
const LIKELY = ['go-flate-1.26/6', 'go-flate-1.26/1', 'zlib-1.3/6+os255', 'zlib-1.3/6+os0', 'zlib-1.3/6'];
/** Every codec, the given ones first, then the likely ones. */
export const codecOrder = (first) => [
    ...new Set([...first, ...LIKELY, ...PINNED_CODEC_IDS].filter((id) => PINNED_CODEC_IDS.includes(id))),
];
const transformOf = (task, codec) => ({
    codec,
    innerAlgorithm: hashAlgorithmOf(task.target.digest),
    // A candidate that has become longer than the original cannot be it.
    atMost: task.target.size,
});
/**
 * Looks for the codec that gives each layer the digest it had. Rounds of one codec a layer, all layers at once; what
 * succeeds for one layer is tried next for the others. Only equality of the digest counts.
 */
export const searchCodecs = async (tasks, blobs, options) => {
    const attempts = tasks.map((task) => ({ task, queue: [...codecOrder(task.first)], tried: [] }));
    const promote = (codec) => {
        for (const { queue } of attempts) {
            const at = queue.indexOf(codec);
            if (at > 0)
                queue.unshift(...queue.splice(at, 1));
        }
    };
    for (;;) {
        const round = attempts.flatMap((attempt, index) => {
            const codec = attempt.hit === undefined ? attempt.queue.shift() : undefined;
            return codec === undefined ? [] : [{ attempt, codec, key: String(index) }];
        });
        if (round.length === 0)
            break;
        const works = new Map(round.map(({ attempt, codec, key }) => [key, { layer: attempt.task.layer, transform: transformOf(attempt.task, codec) }]));
        const made = await convertLayers(works, blobs, options);
        for (const { attempt, codec, key } of round) {
            attempt.tried.push(codec);
            const result = made.get(key);
            const { digest, size } = attempt.task.target;
            if (result?.result.inner?.hex === encodedOf(digest) && result.result.inner.size === size) {
                attempt.hit = { codec, file: result.file };
                promote(codec);
            }
            else {
                await result?.file.discard();
            }
        }
    }
    return attempts.map(({ task, hit, tried }) => ({ task, hit, tried }));
};
