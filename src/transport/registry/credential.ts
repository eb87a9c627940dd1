/** What proves to a registry who is asking. Never part of a message, an error or a log. */
export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token, which a token server exchanges. */
  | { readonly kind: 'identity'; readonly token: string }
  /** A token that the registry itself takes. */
  | { readonly kind: 'bearer'; readonly token: string };

/** The user name by which helpers and files say that the secret is a refresh token. */
export const TOKEN_USERNAME = '<token>';

/** A name and a secret as a credential; undefined without a secret. */
export const credentialOf = (username: string, secret: string): Credential | undefined => {
  if (secret === '') return undefined;
  return username === TOKEN_USERNAME
    ? { kind: 'identity', token: secret }
    : { kind: 'password', username, password: secret };
};

/** The value of `Authorization: Basic`, without the scheme. */
export const basicValue = (username: string, password: string): string =>
  Buffer.from(`${username}:${password}`, 'utf8').toString('base64');

/** All spellings in which a credential could come back from a server. */
export const secretsOf = (credential: Credential): readonly string[] =>
  credential.kind === 'password'
    ? [
        credential.password,
        basicValue(credential.username, credential.password),
        encodeURIComponent(credential.password),
      ]
    : [credential.token, encodeURIComponent(credential.token)];
