import type { FileTree } from '../base/file-tree.js';
import type { ImageSource } from '../content/image.js';
import { type DockerSaveItem } from '../oci/docker-save.js';
import type { ReadOptions } from './detect.js';
/**
 * A layout that docker's `manifest.json` describes too. Both must mean the same images, since one tool reads the one
 * and the next tool the other. Two habits of Docker 25 and later are no conflict: an untagged image that stands only
 * in `manifest.json` is a root of its own, and tags may stand only there.
 * @throws {ToolError} ARCHIVE_CONFLICT
 */
export declare const reconcileHybrid: (source: ImageSource, tree: FileTree, items: readonly DockerSaveItem[], options: ReadOptions) => Promise<ImageSource>;
//# sourceMappingURL=hybrid.d.ts.map