import type { ErrorClass } from '../base/error-code.js';
import type { ToolError } from '../base/error.js';

/** How a command ended: it did its work, its answer is no, or it could not do it. */
export type Outcome = 'done' | 'no' | ToolError;

const CLASS_CODES: Readonly<Record<ErrorClass, number>> = {
  refusal: 1,
  usage: 2,
  input: 3,
  surroundings: 4,
  defect: 70,
  interrupted: 130,
  terminated: 143,
};

/** The one place that turns an outcome into the number that the shell sees. */
export const exitCodeOf = (outcome: Outcome): number =>
  outcome === 'done' ? 0 : outcome === 'no' ? 1 : CLASS_CODES[outcome.class];
