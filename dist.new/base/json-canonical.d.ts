/**
 * The bytes of one of Ingot's own documents by RFC 8785: no white space, keys in the order of their UTF-16 code units,
 * UTF-8, no newline at the end. What such a document has no use for is refused, not converted: `undefined` (a member
 * that is absent must not be there), numbers other than whole ones from -(2^53-1) to 2^53-1, negative zero, halves of
 * surrogate pairs, objects of classes.
 * @throws {ToolError} DEFECT
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export declare const canonicalJson: (value: unknown) => Uint8Array;
//# sourceMappingURL=json-canonical.d.ts.map