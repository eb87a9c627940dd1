import { silent } from '../base/event.js';
import { DEFAULT_LIMITS } from '../base/limits.js';
export const contextWith = (partial) => ({
    limits: DEFAULT_LIMITS,
    threads: 1,
    observer: silent,
    ...partial,
});
