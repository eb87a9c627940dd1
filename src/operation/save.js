import { ToolError } from '../base/error.js';
import { runBulk } from '../codec/bulk.js';
import { verifiedBlobs } from '../content/blob.js';
import { planArchive } from '../format/plan.js';
import { writeArchive, writeArchiveFile } from '../format/write.js';
import { recipeBytes } from '../layer/recipe.js';
import { openFileSource } from '../transport/file.js';
import { createOutputFile, isSpecialFile, writeOutputFile, writeSpecialFile } from '../transport/output-file.js';
import { scratchDirectory } from '../transport/scratch.js';
import { openLocations } from './open.js';
import { bulkOptions, prepareImages } from './prepare.js';
import { imageEntries } from './report.js';
const sha256Of = async (path, context) => {
    const source = await openFileSource(path);
    try {
        if (source.file === undefined)
            throw new ToolError('DEFECT', 'a file without an extent');
        const [result] = await runBulk([{ subject: path, extent: source.file, algorithm: 'sha256' }], {
            ...bulkOptions(context),
            onBytes: () => { },
        });
        return result?.hex ?? '';
    }
    finally {
        await source.close();
    }
};
/**
 * Puts a planned archive into its place: beside the target, then renamed, so that the target is whole or as it was.
 * @throws {ToolError} as the blob reader; NO_SPACE, PERMISSION_DENIED, IO
 */
export const writePlanTo = async (plan, images, output, context) => {
    const blobs = verifiedBlobs(images.blobs);
    context.observer({ type: 'phase', name: 'write archive', total: plan.size });
    if ('stream' in output) {
        await output.stream(counted(writeArchive(plan, blobs, context.signal), context));
    }
    else if (await isSpecialFile(output.path)) {
        await writeSpecialFile(output.path, counted(writeArchive(plan, blobs, context.signal), context));
    }
    else {
        const file = await createOutputFile(output.path);
        try {
            await writeArchiveFile(plan, blobs, file, bulkOptions(context));
            context.signal?.throwIfAborted();
            await file.commit(output);
        }
        finally {
            await file.discard();
        }
    }
    context.observer({ type: 'phase-end', name: 'write archive' });
};
const writeRecipe = async (prepared, output, options) => {
    const path = options.recipe ?? ('path' in output ? `${output.path}.recipe.json` : undefined);
    if (path === undefined || prepared.recipe.length === 0)
        return undefined;
    await writeOutputFile(path, recipeBytes({ images: prepared.recipe }));
    return path;
};
async function* counted(stream, context) {
    for await (const chunk of stream) {
        yield chunk;
        context.observer({ type: 'bytes', done: chunk.length });
    }
}
/** Opens sources, prepares their images, hands them on, and closes everything whatever happens. */
export const withPrepared = async (sources, options, context, use) => {
    const opened = await openLocations(sources, context);
    const scratch = scratchDirectory(context.temporary);
    try {
        return await use(await prepareImages(opened, options, scratch, context), opened);
    }
    finally {
        await scratch.remove();
        for (const images of opened)
            await images.close();
    }
};
/**
 * `save`: one canonical archive of all the sources.
 * @throws {ToolError} whatever the sources can be refused for; BLOB_MISSING, NAME_CONFLICT; system errors of the output
 */
export const save = async (sources, output, options, context) => withPrepared(sources, options, context, async (prepared) => {
    const plan = planArchive(prepared.graph, options.profile, options.settings, options);
    await writePlanTo(plan, prepared, output, context);
    const path = 'path' in output ? output.path : '-';
    const recipe = await writeRecipe(prepared, output, options);
    const sha256 = options.digest && 'path' in output ? await sha256Of(output.path, context) : undefined;
    return {
        output: path,
        profile: options.profile.id,
        archive: { size: plan.size, ...(sha256 === undefined ? {} : { sha256 }) },
        mtime: options.settings.mtime,
        layers: options.layers,
        ...(recipe === undefined ? {} : { recipe }),
        images: imageEntries(prepared.graph),
        changes: prepared.changes,
        dropped: prepared.dropped,
        absent: plan.absent,
        notes: prepared.graph.notes,
    };
});
