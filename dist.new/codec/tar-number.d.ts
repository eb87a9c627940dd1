/** Numbers in tar headers: octal text, or GNU's base-256 where the first bit is set. */
/**
 * The number in a field. Spaces and NULs around the digits are read, as old tars write them; an empty field is 0.
 * @returns undefined if the field holds something else, or a number beyond 2^53 - 1
 */
export declare const parseTarNumber: (field: Uint8Array) => number | undefined;
/**
 * A number in decimal text, as PAX records hold them.
 * @returns undefined for anything but digits, and beyond 2^53 - 1
 */
export declare const parseDecimal: (text: string) => number | undefined;
//# sourceMappingURL=tar-number.d.ts.map