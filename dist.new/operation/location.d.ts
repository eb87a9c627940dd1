import { type ImageSelector } from '../content/select.js';
/** Transports that name files and directories, in skopeo's words. */
export declare const FILE_TRANSPORTS: readonly ['docker-archive', 'oci-archive', 'oci', 'dir'];
export type FileTransport = (typeof FILE_TRANSPORTS)[number];
/** A place, and which of its images are meant. */
export interface Location {
    /** As the user wrote it. */
    readonly text: string;
    /** `auto`: a file or directory whose content tells. `stdio`: `-`. */
    readonly transport: FileTransport | 'auto' | 'stdio';
    /** Of the file system; `-` for stdio. */
    readonly path: string;
    /** What came after the path, as written: a name, a tag. */
    readonly reference?: string;
    /** Empty: all images. */
    readonly selectors: readonly ImageSelector[];
}
/** Whether a path exists; asked only to tell paths from what follows them. */
export type PathExists = (path: string) => boolean;
/**
 * Reads a location: `TRANSPORT:PATH[:REF][@DIGEST]`, `-`, or a path.
 * @throws {ToolError} LOCATION_INVALID, TRANSPORT_UNSUPPORTED
 */
export declare const parseLocation: (text: string, exists: PathExists) => Location;
//# sourceMappingURL=location.d.ts.map