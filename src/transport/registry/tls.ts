/** How a server is verified, and how this side proves itself. Texts are PEM. */
export interface TlsSettings {
  /** False takes any certificate. */
  readonly verify: boolean;
  /** All roots that are trusted; the platform's own without it. */
  readonly ca?: readonly string[];
  /** Of the client. */
  readonly certificate?: string;
  readonly key?: string;
}
