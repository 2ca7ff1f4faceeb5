import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../errors.js';
import { asSection, isSection, type Settings } from './demo.js';
import { drawsOf } from './sections/method.js';
import type { MopConfig } from './sections/mop-config.js';

/** Settings of `gate` that only the paper's procedure has. */
const PAPER_ONLY = [
  'hidden',
  'topM',
  'selfMask',
  'optimizer',
  'learningRate',
  'temperatureLearningRate',
  'weightDecay',
  'batchSize',
  'epochs',
  'patience',
  'mStepsPerBatch',
  'exploration',
  'validationPairs',
  'from',
];

/** Whether the language model gives log-probabilities, as far as the settings say. */
export function givesScores({ llm }: Pick<MopConfig, 'llm'>): boolean {
  return llm.api !== 'chat';
}

/** Whether a choice of the language model is one of scoring servers alone, which write nothing. */
export function isScorer(model: string): boolean {
  return /^scorer(:|$)/.test(model);
}

/** Settings by which the aim of a fit and what its gate sees are chosen. */
type Aim = Pick<MopConfig, 'llm' | 'gate'> & {
  readonly method: Pick<MopConfig['method'], 'name'>;
  /** Baselines that were asked for. */
  readonly baselines?: readonly string[] | undefined;
};

/**
 * Settings of `gate` with the aim of the fit and what the gate sees, where they follow from the others. By default the aim is closeness of
 * texts, or the likelihood given the context where the gate sees one, or the marginal likelihood where the model writes no text. `input`
 * stays `auto`, and the aim open, where only the records tell (see `withGateInput`).
 */
export function gateOf({ llm, gate, method, baselines = [] }: Aim): MopConfig['gate'] {
  const { objective, input, preset, texts } = gate;
  const learns = preset === 'default' && drawsOf(method.name) === 'gate';
  const byTexts = Object.keys(texts).length > 0 || !givesScores({ llm }) || baselines.includes('likelihood');
  if (learns && input === 'auto' && objective === undefined && !byTexts) return gate;
  const unnamed = objective === 'conditional' ? 'context' : 'record';
  const seen = input === 'auto' ? unnamed : input;
  if (!learns || objective !== undefined) return { ...gate, input: seen };
  const aim = isScorer(llm.model) ? 'marginal' : 'texts';
  return { ...gate, input: seen, objective: seen === 'context' ? 'conditional' : aim };
}

/** The configuration with what the gate sees chosen by the records: contexts, where every record has one and they differ. */
export function withGateInput(
  config: MopConfig,
  { train, golden }: { readonly train: readonly Contextual[]; readonly golden: readonly Contextual[] } = NO_RECORDS,
): MopConfig {
  const { gate, evaluate } = config;
  if (gate.input !== 'auto') return config;
  const records = [...train, ...golden];
  const seen = records.every(hasContext) && new Set(records.map(({ context }) => context?.trim())).size > 1;
  const input = seen ? 'context' : 'record';
  const chosen = { ...config, gate: gateOf({ ...config, gate: { ...gate, input } }) };
  const baselines = evaluate.baselines.filter((name) => name !== 'likelihood' || startsByLikelihood(chosen));
  return { ...chosen, evaluate: { ...evaluate, baselines } };
}

/** Whether a record has a context. */
export function hasContext({ context = '' }: Contextual): boolean {
  return context.trim() !== '';
}

/** Input of the gate of a run. @throws Error for `auto`, which the records decide before a run begins */
export function gateInput({ gate: { input } }: Pick<MopConfig, 'gate'>): 'context' | 'record' | 'none' {
  if (input === 'auto') throw new Error('gate.input is auto, which withGateInput replaces by what the records tell');
  return input;
}

const NO_RECORDS = { train: [], golden: [] };

type Contextual = { readonly context?: string | undefined };

/** Whether a fit by texts starts from a fit by likelihood. */
export function startsByLikelihood({ llm, gate }: Pick<MopConfig, 'llm' | 'gate'>): boolean {
  const { objective, texts, input } = gate;
  const aim = input === 'auto' ? 'texts' : objective;
  return aim === 'texts' && (texts.start ?? (givesScores({ llm }) ? 'likelihood' : 'equal')) === 'likelihood';
}

/** Refuses an objective that the other settings have no use for. @throws UserError `bad-setting` */
export function requireObjective({ llm, gate, evaluate, simulate }: MopConfig): void {
  const refuse = (problem: string, remedy: string): never => {
    throw new UserError('bad-setting', problem, { remedy });
  };
  if (gate.objective === 'conditional' && gate.input !== 'context')
    refuse(
      `gate.objective is conditional, but the gate sees ${gate.input === 'none' ? 'nothing' : 'the record itself'}.`,
      'Set gate.input: context, or leave the objective out.',
    );
  if (gate.objective !== 'texts' && Object.keys(gate.texts).length > 0)
    refuse(
      `gate.texts.${Object.keys(gate.texts)[0]} needs gate.objective: texts.`,
      'Set the objective, or leave it out.',
    );
  // The gates of another run are there, whatever this run's model gives.
  if (simulate.gate !== undefined) return;
  if (gate.texts.start === 'likelihood' && !givesScores({ llm }))
    refuse(
      'gate.texts.start is likelihood, but a chat endpoint gives no log-probabilities.',
      'Set gate.texts.start: equal.',
    );
  if (evaluate.baselines.includes('likelihood') && !startsByLikelihood({ llm, gate }))
    refuse(
      'evaluate.baselines names likelihood, but this run fits no gate by likelihood beside its own.',
      'Leave it out, or set gate.objective: texts and gate.texts.start: likelihood.',
    );
}

/**
 * Refuses settings that the chosen fit would ignore.
 * @param settings as they were given, before defaults are filled in
 * @param defaults the settings of `gate` when none are given
 * @throws UserError `bad-setting` naming the first such setting
 */
export function requirePreset(settings: Settings, defaults: object): void {
  const gate = asSection(settings['gate']);
  const preset = gate['preset'] === 'paper' ? 'paper' : 'default';
  const initial = new Map<string, unknown>(Object.entries(defaults));
  // A file that spells out the defaults, such as one of `mop init`, asks for nothing.
  const given = Object.keys(gate).filter((name) => !asksForNothing(gate[name], initial.get(name)));
  const compared = (asSection(settings['method'])['name'] ?? 'mop') !== 'mop';
  const ignored =
    preset === 'paper'
      ? given.find(
          (name) =>
            name === 'objective' ||
            (['design', 'texts'].includes(name) && Object.keys(asSection(gate[name])).length > 0),
        )
      : // A method without a gate takes the temperatures of the one that it is compared with.
        given.find((name) => PAPER_ONLY.includes(name) && !(compared && name === 'from'));
  if (ignored === undefined) return;
  throw new UserError('bad-setting', `gate.${ignored} has no meaning with gate.preset ${preset}.`, {
    remedy:
      preset === 'paper' ? 'Leave it out.' : 'Leave it out, or set gate.preset: paper for the procedure of the paper.',
  });
}

/** Whether a value is absent, or is the default, in every part that is given. */
function asksForNothing(value: unknown, initial: unknown): boolean {
  if (value === undefined || isDeepStrictEqual(value, initial)) return true;
  if (!isSection(value)) return false;
  return Object.entries(value).every(([name, part]) => asksForNothing(part, asSection(initial)[name]));
}
