/**
 * A name as text, so that different bytes give different texts. What is not UTF-8 comes byte by byte: ASCII as it is,
 * each other byte as a lone surrogate U+DC80 to U+DCFF, which no UTF-8 gives.
 */
export declare const decodeName: (bytes: Uint8Array) => string;
/** The bytes of a field up to its first NUL. */
export declare const upToNul: (field: Uint8Array) => Uint8Array;
/** Where a name leads that is taken from a folder: components, or undefined if it leaves the root. */
export declare const resolveComponents: (folder: readonly string[], name: string) => string[] | undefined;
/**
 * The key of a member's name: `.` and empty components and the slash at the end dropped. Backslashes, colons and
 * letter case mean nothing.
 * @returns `''` for the folder `./`
 * @throws {ToolError} TAR_BAD_NAME, ARCHIVE_UNSAFE_NAME
 */
export declare const archivePath: (stored: string, subject: string, offset: number) => string;
//# sourceMappingURL=tar-name.d.ts.map