/**
 * Text from images (names, labels, history, error bodies) may hold anything. What a person sees must not move the
 * cursor, ring the bell, set the clipboard or turn the line around.
 */
/** Text as it may be printed on a terminal or into a log: control characters spelt out, the rest unchanged. */
export declare const escapeText: (text: string) => string;
/** As {@link escapeText}, cut to `limit` code units with an ellipsis. */
export declare const excerpt: (text: string, limit?: number) => string;
//# sourceMappingURL=escape.d.ts.map