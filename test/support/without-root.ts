/** An unprivileged user that every system has. */
const NOBODY = 65_534;

/** Does something as a user whom permissions bind, also where the tests run as root. Not in worker threads. */
export const withoutRoot = async <T>(use: () => Promise<T>): Promise<T> => {
  if (process.geteuid?.() !== 0) return use();
  process.seteuid?.(NOBODY);
  try {
    return await use();
  } finally {
    process.seteuid?.(0);
  }
};
