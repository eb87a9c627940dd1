/**
 * PAX records: `LENGTH KEY=VALUE\n`, the length counting the whole record. Read as strictly as Go's archive/tar does:
 * a reader that skips what it cannot read sees another archive than the next one.
 * @see https://github.com/golang/go/blob/go1.26.0/src/archive/tar/strconv.go
 */
export interface PaxRecord {
    readonly key: string;
    readonly value: string;
}
/**
 * The records of an extension body, in order; a key may come more than once.
 * @param offset where the body lies, for errors
 * @throws {ToolError} TAR_PAX_SYNTAX, TAR_PAX_VALUE, TAR_NAME_NUL
 */
export declare const parsePaxRecords: (body: Uint8Array, subject: string, offset: number) => readonly PaxRecord[];
/**
 * Global records with new ones over them; an empty value removes a key.
 * @throws {ToolError} TAR_GLOBAL_OVERRIDE
 */
export declare const mergeGlobal: (old: ReadonlyMap<string, string>, records: readonly PaxRecord[], subject: string, offset: number) => ReadonlyMap<string, string>;
/** Records over those of the global header: the last of a key wins, an empty value removes it. */
export declare const mergePax: (base: ReadonlyMap<string, string>, records: readonly PaxRecord[]) => ReadonlyMap<string, string>;
//# sourceMappingURL=tar-pax.d.ts.map