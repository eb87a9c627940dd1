/**
 * The text of a document. Nothing is replaced and nothing is skipped.
 * @param subject names the document in errors
 * @throws {ToolError} JSON_BOM, JSON_INVALID_UTF8 with the offset of the first wrong byte
 */
export declare const decodeJsonText: (bytes: Uint8Array, subject: string) => string;
//# sourceMappingURL=json-decode.d.ts.map