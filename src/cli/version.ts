/** The version of the package, here so that printing it reads no file; a test holds it to package.json. */
export const VERSION = '0.1.0';
