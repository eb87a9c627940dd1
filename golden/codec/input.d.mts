/** Each input's maker by name. */
export declare const INPUTS: Readonly<Record<string, () => Uint8Array>>;
