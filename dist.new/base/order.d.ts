/**
 * The two orders that may decide the place of a byte in any output. They differ outside the Basic Multilingual
 * Plane, so every sort names the one it means; the environment's locale is never asked.
 */
/** UTF-16 code units, as RFC 8785 sorts object keys. */
export declare const compareCodeUnits: (a: string, b: string) => number;
/** UTF-8 bytes, as tools in other languages sort paths and names. */
export declare const compareBytes: (a: string, b: string) => number;
//# sourceMappingURL=order.d.ts.map