import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PEM texts. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateAuthority {
  readonly cert: string;
  /** A certificate for names like `DNS:localhost,IP:127.0.0.1`. */
  issue(names: string, options?: { readonly expired?: boolean }): KeyPair;
}

/** Makes a certificate authority that nobody trusts yet, with openssl. */
export const makeAuthority = (name = 'Test CA'): CertificateAuthority => {
  const inFolder = <T>(use: (at: (file: string) => string) => T): T => {
    const folder = mkdtempSync(join(tmpdir(), 'ingot-ca-'));
    try {
      return use((file) => join(folder, file));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = inFolder((at): KeyPair => {
    openssl('req', '-x509', ...newKey, '-keyout', at('key'), '-out', at('cert'), '-days', '2', '-subj', `/CN=${name}`);
    return { key: readFileSync(at('key'), 'utf8'), cert: readFileSync(at('cert'), 'utf8') };
  });
  return {
    cert: authority.cert,
    issue: (names, { expired = false } = {}) =>
      inFolder((at) => {
        writeFileSync(at('ca.key'), authority.key);
        writeFileSync(at('ca.cert'), authority.cert);
        writeFileSync(at('extensions'), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
        openssl('req', '-new', ...newKey, '-keyout', at('key'), '-out', at('request'), '-subj', '/CN=ingot test');
        const signed = ['-CA', at('ca.cert'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('extensions')];
        const days = ['-days', expired ? '-1' : '2'];
        openssl('x509', '-req', '-in', at('request'), '-out', at('cert'), ...signed, ...days);
        return { key: readFileSync(at('key'), 'utf8'), cert: readFileSync(at('cert'), 'utf8') };
      }),
  };
};
