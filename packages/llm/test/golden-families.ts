import type { ChatMessage, Prompt, ScoreCurve } from '../src/index.js';

interface Values {
  readonly tokens: number;
  readonly log_p: readonly number[];
  readonly d_log_p_d_tau: readonly number[];
}
interface Reading {
  readonly completion_ids: readonly number[];
  readonly with_end: Values;
  readonly without_end: Values;
}
interface Case extends Reading {
  readonly id: string;
  readonly messages?: readonly ChatMessage[];
  readonly prompt?: string;
  readonly completion: string;
  readonly rendered_prompt: string;
  readonly prompt_ids: readonly number[];
  readonly other?: Reading;
}
/** The file golden.json of a family. */
export interface Golden {
  readonly cases: readonly Case[];
  readonly raw_cases: readonly {
    readonly prompt: string;
    readonly completion: string;
    readonly tokenizer_default: Reading & { readonly prompt_ids: readonly number[] };
  }[];
  readonly temperatures: readonly number[];
  /** `float16` where the reference rounds its logits. */
  readonly logits_type: string;
  readonly tolerance: { readonly nat_per_token: number; readonly derivative_per_token: number };
  readonly end_of_turn: { readonly id: number; readonly text: string };
  readonly system_role_refused: boolean;
  readonly chat: boolean;
  readonly template_variables: Readonly<Record<string, unknown>>;
  readonly context_tokens: number;
  readonly too_long: { readonly prompt: string; readonly completion: string; readonly tokens: number } | null;
}
/** The prompt of a case. */
export const promptOf = ({ messages, prompt = '' }: Pick<Case, 'messages' | 'prompt'>): Prompt =>
  messages === undefined ? { text: prompt } : { messages };

/** Largest difference from the golden values, in units of what is allowed; 0 tokens count as one. */
export function excess(curve: ScoreCurve, readings: readonly Values[], golden: Golden): number {
  const { nat_per_token: nat, derivative_per_token: slope } = golden.tolerance;
  const each = readings
    .filter(({ tokens }) => tokens === curve.tokens)
    .map(({ tokens, log_p, d_log_p_d_tau }) =>
      Math.max(
        ...golden.temperatures.flatMap((temperature, i) => [
          Math.abs(curve.logProbability(temperature) - log_p[i]) / Math.max(1, tokens) / nat,
          Math.abs(curve.derivative(temperature) - d_log_p_d_tau[i]) / Math.max(1, tokens) / slope,
        ]),
      ),
    );
  return Math.min(Infinity, ...each);
}

/** Folders of the families. */
export const FAMILY_NAMES = ['gpt2', 'llama2', 'llama3.2', 'mistral', 'gemma2', 'gemma3', 'qwen3'];
