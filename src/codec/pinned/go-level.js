const greedy = (candidates, nice, inner) => ({ candidates, nice, lazy: 0, inner });
const lazy = (candidates, nice, lazy) => ({ candidates, nice, lazy, inner: 0 });
/** Levels 2 to 9 differ in numbers alone. */
export const GO_LEVELS = {
    2: greedy(8, 16, 5),
    3: greedy(32, 32, 6),
    4: lazy(16, 16, 4),
    5: lazy(32, 32, 16),
    6: lazy(128, 128, 16),
    7: lazy(256, 128, 32),
    8: lazy(1024, 258, 128),
    9: lazy(4096, 258, 258),
};
