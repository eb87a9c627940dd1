import { ToolError } from '../../base/error.js';
import type { Limits } from '../../base/limits.js';
import type { RegistryAddress } from './address.js';
import { type Challenge, parseChallenges } from './challenge.js';
import { shownUrl } from './connection-error.js';
import { type Credential, basicValue, secretsOf } from './credential.js';
import type { HttpAnswer, HttpRequest } from './http.js';
import { judgeRealm, untrustedRealm } from './realm.js';
import { refusalError } from './refusal.js';
import { type Token, readToken, tokenRequest } from './token.js';

export interface AuthenticatorSettings {
  readonly address: RegistryAddress;
  /** Where the registry is, once it was reached. */
  readonly base: URL;
  /** Hosts that the user named as insecure. */
  readonly insecure: readonly string[];
  /** What is known for a repository; `''` for the registry as a whole. */
  readonly credentials: (path: string, signal?: AbortSignal) => Promise<Credential | undefined>;
  /** Asks a token server, with all patience. The authorization goes to the origin of the request alone. */
  readonly send: (request: HttpRequest, authorization: string | undefined) => Promise<HttpAnswer>;
  readonly now: () => number;
  readonly limits: Limits;
}

interface KnownToken {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Milliseconds before its end that a token is not used any more: a request takes its time. */
const RESERVE = 10_000;

/** The repository that scopes are about, which decides whose credentials are taken. */
const repositoryOf = (scopes: readonly string[]): string => {
  const scope = scopes.find((text) => text.startsWith('repository:'));
  return scope === undefined ? '' : scope.slice('repository:'.length, scope.lastIndexOf(':'));
};

const keyOf = (scopes: readonly string[]): string => [...new Set(scopes)].sort().join(' ');

/** Proves to one registry who is asking, in the way that it wants. Tokens are kept by their scopes. */
export class Authenticator {
  readonly #settings: AuthenticatorSettings;
  readonly #tokens = new Map<string, Promise<KnownToken>>();
  readonly #secrets = new Set<string>();
  /** Refresh tokens that took the place of the one from a file, by that one. */
  readonly #refreshed = new Map<string, string>();
  /** What the registry wants for scopes, where it wants more than was asked for. */
  readonly #widened = new Map<string, readonly string[]>();
  #challenge: Challenge | undefined;

  constructor(settings: AuthenticatorSettings) {
    this.#settings = settings;
  }

  /** Everything that must not be shown. */
  get secrets(): readonly string[] {
    return [...this.#secrets];
  }

  /** Whether credentials are known for what the scopes are about. */
  async identified(scopes: readonly string[], signal?: AbortSignal): Promise<boolean> {
    return (await this.#credential(scopes, signal)) !== undefined;
  }

  /**
   * Learns how the registry wants to be convinced. A header without a way that is known here, like one that is
   * missing, teaches nothing.
   * @throws {ToolError} AUTH_CHALLENGE_INVALID
   */
  learn(header: string | undefined): void {
    const challenges = parseChallenges(header ?? '', shownUrl(this.#settings.base));
    const challenge =
      challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm')) ??
      challenges.find(({ scheme }) => scheme === 'basic');
    if (challenge === undefined && challenges.length > 0) {
      throw new ToolError('AUTH_CHALLENGE_INVALID', 'asks for credentials in a way that is not understood', {
        subject: shownUrl(this.#settings.base),
        expected: 'Bearer with a realm, or Basic',
        found: challenges.map(({ scheme }) => scheme).join(', '),
      });
    }
    this.#challenge = challenge ?? this.#challenge;
  }

  /**
   * The value of `Authorization` for a request; undefined where the registry has not asked, or nothing is known.
   * @throws {ToolError} AUTH_REALM_UNTRUSTED, AUTH_REQUIRED, AUTH_FAILED; as the search for credentials and as the network
   */
  async authorize(scopes: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
    const challenge = this.#challenge;
    if (challenge === undefined) return undefined;
    const credential = await this.#credential(scopes, signal);
    if (challenge.scheme === 'basic') {
      return credential?.kind === 'password'
        ? this.#hidden('Basic', basicValue(credential.username, credential.password))
        : undefined;
    }
    if (credential?.kind === 'bearer') return this.#hidden('Bearer', credential.token);
    const all = this.#widened.get(keyOf(scopes)) ?? scopes;
    return this.#hidden('Bearer', await this.#token(challenge, all, credential, signal));
  }

  /**
   * Another value than the one that the registry has just refused, for what it says that it wants; undefined if there
   * is none.
   * @throws {ToolError} as {@link Authenticator.learn} and {@link Authenticator.authorize}
   */
  async reauthorize(
    header: string | undefined,
    refused: string | undefined,
    scopes: readonly string[],
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    this.learn(header);
    const used = this.#widened.get(keyOf(scopes)) ?? scopes;
    const known = await this.#tokens.get(keyOf(used))?.catch(() => undefined);
    // Another request may have got a new one meanwhile.
    if (known === undefined || `Bearer ${known.value}` === refused) this.#tokens.delete(keyOf(used));
    const wanted = this.#challenge?.parameters.get('scope')?.split(' ').filter(Boolean) ?? [];
    if (wanted.some((scope) => !used.includes(scope))) this.#widened.set(keyOf(scopes), [...used, ...wanted]);
    const value = await this.authorize(scopes, signal);
    return value === refused ? undefined : value;
  }

  #hidden(scheme: string, value: string): string {
    this.#secrets.add(value);
    return `${scheme} ${value}`;
  }

  async #credential(scopes: readonly string[], signal: AbortSignal | undefined): Promise<Credential | undefined> {
    const credential = await this.#settings.credentials(repositoryOf(scopes), signal);
    if (credential !== undefined) for (const secret of secretsOf(credential)) this.#secrets.add(secret);
    return credential;
  }

  async #token(
    challenge: Challenge,
    scopes: readonly string[],
    credential: Credential | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const key = keyOf(scopes);
    for (;;) {
      const pending = this.#tokens.get(key);
      if (pending === undefined) break;
      // Whoever asked may have been called off; this request has not.
      const known = await pending.catch(() => undefined);
      if (known !== undefined && known.until > this.#settings.now()) return known.value;
      if (this.#tokens.get(key) === pending) this.#tokens.delete(key);
    }
    const fetched = this.#fetch(challenge, scopes, credential, signal);
    this.#tokens.set(key, fetched);
    return (await fetched).value;
  }

  async #fetch(
    challenge: Challenge,
    scopes: readonly string[],
    credential: Credential | undefined,
    signal: AbortSignal | undefined,
  ): Promise<KnownToken> {
    const { base, insecure, send, now, limits, address } = this.#settings;
    const realm = judgeRealm(base, challenge.parameters.get('realm') ?? '', insecure);
    const used = realm.trusted ? this.#current(credential) : undefined;
    const service = challenge.parameters.get('service');
    const { authorization, ...request } = tokenRequest({
      realm: realm.url,
      scopes: [...new Set(scopes)].sort(),
      ...(service === undefined ? {} : { service }),
      ...(used === undefined ? {} : { credential: used }),
    });
    const start = now();
    const answer = await send({ ...request, ...(signal === undefined ? {} : { signal }) }, authorization);
    if (answer.status !== 200) {
      const identified = used !== undefined;
      // OAuth2 says 400 where the grant is not accepted.
      const meaning = answer.status === 400 && identified ? 401 : answer.status;
      const { secrets } = this;
      const context = { registry: address.name, url: realm.url, identified, meaning, secrets, limits };
      const error = await refusalError(answer, context);
      if (credential !== undefined && used === undefined && (meaning === 401 || meaning === 403)) {
        throw untrustedRealm(base, `${realm.url.host}, which is not told who is asking and gives no token`);
      }
      throw error;
    }
    const token = await readToken(answer, realm.url, limits);
    this.#remember(token, credential);
    return { value: token.value, until: start + token.lifetime * 1000 - RESERVE };
  }

  #current(credential: Credential | undefined): Credential | undefined {
    if (credential?.kind !== 'identity') return credential;
    return { kind: 'identity', token: this.#refreshed.get(credential.token) ?? credential.token };
  }

  #remember({ value, refresh }: Token, credential: Credential | undefined): void {
    this.#secrets.add(value);
    if (refresh === undefined) return;
    this.#secrets.add(refresh);
    if (credential?.kind === 'identity') this.#refreshed.set(credential.token, refresh);
  }
}
