import type { ByteStream } from '../base/bytes.js';
import { type ArchivePlan } from '../format/plan.js';
import { type Profile, type ProfileSettings } from '../format/profile.js';
import type { OperationContext } from './context.js';
import { type OpenedImages } from './open.js';
import { type PreparedImages, type TransferOptions } from './prepare.js';
import { type SaveReport } from './report.js';
export interface SaveOptions extends TransferOptions {
    readonly profile: Profile;
    readonly settings: ProfileSettings;
    /** Also compute the archive's own sha256, which costs reading it once more. */
    readonly digest: boolean;
}
/** Where the archive goes: a path, or `-` with the stream's consumer. */
export type SaveOutput = {
    readonly path: string;
} | {
    readonly stream: (archive: ByteStream) => Promise<void>;
};
/**
 * Puts a planned archive into its place: beside the target, then renamed, so that the target is whole or as it was.
 * @throws {ToolError} as the blob reader; NO_SPACE, PERMISSION_DENIED, IO
 */
export declare const writePlanTo: (plan: ArchivePlan, images: Pick<PreparedImages, 'blobs'>, output: SaveOutput, context: OperationContext) => Promise<void>;
/** Opens sources, prepares their images, hands them on, and closes everything whatever happens. */
export declare const withPrepared: <T>(sources: readonly string[], options: TransferOptions, context: OperationContext, use: (prepared: PreparedImages, opened: readonly OpenedImages[]) => Promise<T>) => Promise<T>;
/**
 * `save`: one canonical archive of all the sources.
 * @throws {ToolError} whatever the sources can be refused for; BLOB_MISSING, NAME_CONFLICT; system errors of the output
 */
export declare const save: (sources: readonly string[], output: SaveOutput, options: SaveOptions, context: OperationContext) => Promise<SaveReport>;
//# sourceMappingURL=save.d.ts.map