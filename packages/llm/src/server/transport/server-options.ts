import { apiKey, authorization } from '@mixture-of-personas/models';
import { SettingError } from '@mixture-of-personas/numeric';
import { TEMPERATURE_RANGE } from '../../scoring/score-curve.js';

/** Options of requests to a server. None of these changes a score at τ = 1. */
export interface ServerOptions {
  /** Folder or hub id of the tokenizer of the model that is served; its chat template renders prompts. @defaultValue the model's name, when it is a hub id */
  readonly tokenizer?: string | undefined;
  /** `chat` for endpoints that only have `/v1/chat/completions`: they write texts and cannot score. @defaultValue 'completions' */
  readonly api?: 'completions' | 'chat' | undefined;
  /** Environment variable that holds the key; the key itself is never stored or printed. @defaultValue 'MOP_API_KEY', which may be unset */
  readonly apiKeyEnv?: string | undefined;
  /** Log-probabilities asked for at each position, n ≥ 1; the server must allow as many. @defaultValue 20 */
  readonly topLogProbabilities?: number | undefined;
  /** Temperatures that curves answer for, within [0.25, 2.5] and around 1; `fixed` for τ = 1 alone. @defaultValue [0.5, 1] */
  readonly temperatures?: readonly [lowest: number, highest: number] | 'fixed' | undefined;
  /** Nats per token that the bounds on log p_τ may lie apart before five times as many log-probabilities are asked for, once. @defaultValue 0.1 */
  readonly maxWidth?: number | undefined;
  /** Addresses of scoring servers, with "*2" after one for twice the load: they score, the model's own servers write. @defaultValue none */
  readonly scorer?: readonly string[] | undefined;
  /** Requests in flight at one server, at most; it starts with 8 and adapts. @defaultValue 256, at a scoring server 3 */
  readonly concurrency?: number | undefined;
  /** Milliseconds from sending a request to the last byte of its answer. @defaultValue 120000, of a scoring server 1800000 */
  readonly deadline?: number | undefined;
  /** Times a request is sent before its trouble is reported. @defaultValue 8 */
  readonly tries?: number | undefined;
  /** Milliseconds before the first repetition; doubles each time, up to 30 s, half of it drawn. @defaultValue 250 */
  readonly retryDelay?: number | undefined;
  /** Milliseconds without an answer after which a server is asked whether it is there; it has twice as long to say so. @defaultValue 15000 */
  readonly silence?: number | undefined;
  /** Milliseconds to wait for a server while none answers; 0: not at all. @defaultValue 600000 */
  readonly patience?: number | undefined;
  /** Told in a sentence when a server is lost or answers again. @defaultValue nobody is */
  readonly onNotice?: ((sentence: string) => void) | undefined;
  /** @defaultValue the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

type Chosen = Omit<ServerOptions, 'tokenizer' | 'scorer' | 'temperatures' | 'apiKeyEnv'>;

/** The options with their defaults in place. */
export interface ServerSettings extends Readonly<{ [Name in keyof Chosen]-?: NonNullable<Chosen[Name]> }> {
  readonly temperatures: readonly [lowest: number, highest: number];
  readonly fixed: boolean;
  /** The `authorization` header, absent without a key. */
  readonly headers: Readonly<Record<string, string>>;
  /** The key, to be cut out of what servers say; empty without one. */
  readonly secret: string;
  /** Name of the variable the key came from, for messages. */
  readonly keyName: string;
}

/** Distance from 1 that a fixed temperature may be asked for: searches over τ need an interval. */
const FIXED: readonly [number, number] = [1 - 1e-6, 1 + 1e-6];

/** @throws SettingError naming the option that is out of range */
export function serverSettings(options: ServerOptions): ServerSettings {
  const { topLogProbabilities = 20, temperatures = [0.5, 1], maxWidth = 0.1, concurrency = 256 } = options;
  const { deadline = 120_000, tries = 8, retryDelay = 250, api = 'completions' } = options;
  const { silence = 15_000, patience = 600_000, onNotice = () => undefined } = options;
  const { fetch = globalThis.fetch, apiKeyEnv } = options;
  for (const [name, value] of Object.entries({ topLogProbabilities, concurrency, tries })) {
    const isCount = Number.isSafeInteger(value) && value >= 1;
    if (!isCount) throw new SettingError('openLanguageModel', name, 'a whole number ≥ 1', value);
  }
  for (const [name, value] of Object.entries({ deadline, retryDelay, maxWidth, silence })) {
    const isPositive = value > 0 && value < Infinity;
    if (!isPositive) throw new SettingError('openLanguageModel', name, 'a number above 0', value);
  }
  const fixed = temperatures === 'fixed';
  const secret = apiKey(apiKeyEnv, 'openLanguageModel');
  const given = { api, maxWidth, concurrency, deadline, tries, retryDelay, silence, patience, onNotice, fetch };
  return {
    ...given,
    topLogProbabilities: fixed ? 1 : topLogProbabilities,
    temperatures: fixed ? FIXED : requireAroundOne(temperatures),
    fixed,
    headers: { ...authorization(secret) },
    secret,
    keyName: apiKeyEnv ?? 'MOP_API_KEY',
  };
}

function requireAroundOne(range: readonly [number, number]): readonly [number, number] {
  const [low, high] = range;
  const [least, most] = TEMPERATURE_RANGE;
  if (low >= least && low <= 1 && high >= 1 && high <= most && low < high) return range;
  const needed = `two numbers around 1 within [${least}, ${most}], the lower first, or fixed`;
  throw new SettingError('openLanguageModel', 'temperatures', needed, range.join(', '));
}
