import { renderPrompt, textSource, type PopulationRecord, type SettingFacts } from '@mixture-of-personas/synthesis';
import type { GenerateRequest, ScoreRequest } from '@mixture-of-personas/llm';
import { withGateInput } from '../../config/gate-preset.js';
import type { MopConfig } from '../../config/schema.js';
import { drawsOf } from '../../config/sections/method.js';
import type { RecordSets } from '../../context/record-sets.js';
import { sampleRecords, type JobRecords } from '../../context/sample-records.js';
import { loadTemplate } from '../../context/text-files.js';
import { countPasses } from '../../stages/estimate-cost.js';

/** Characters a token has on average in English text. */
const CHARACTERS = 4;

/** Characters of a description of a persona, about. */
const PERSONA = 240;

/** Bytes on disk of a scored pair (curve and index), of an embedded text at 768 dimensions, and of a simulated one. */
const BYTES = { pair: 214, embedding: 4 * 768, text: 2000 } as const;

/** Work of one or several cells, at most. */
export interface Work {
  /** (prompt, record) pairs to score. */
  readonly pairs: number;
  readonly texts: number;
  /** Tokens read: prompts and records of pairs, prompts of texts. */
  readonly read: number;
  readonly written: number;
  readonly bytes: number;
}

/** The work of cells together. */
export function sumOf(works: readonly Work[]): Work {
  const total = (key: keyof Work): number => works.reduce((sum, work) => sum + work[key], 0);
  return {
    pairs: total('pairs'),
    texts: total('texts'),
    read: total('read'),
    written: total('written'),
    bytes: total('bytes'),
  };
}

/**
 * Work of a cell, by arithmetic: pairs as often as its settings can ask for them, texts at their full length, tokens of four characters. Not in it: personas
 * that the language model writes, and texts that are asked for again because they came out empty.
 * @throws UserError when the settings ask for records that are not there
 */
export async function workOf(given: MopConfig, sets: RecordSets): Promise<Work> {
  const config = withGateInput(given, sets);
  const records = sampleRecords(sets, config);
  const { training, golden } = records;
  const { simulate, method, exemplars } = config;
  const record = tokensOf(training);
  const prompt = await promptTokens(config, training);
  const { pairs, texts } = askedOf(config, records);
  const answers = Number(settingOf(config, 'candidates') ?? 1);
  return {
    pairs,
    texts,
    read: Math.round(pairs * (prompt + record) + texts * prompt),
    written: texts * simulate.maxTokens * answers,
    bytes:
      pairs * BYTES.pair +
      texts * BYTES.text +
      BYTES.embedding *
        (training.length + golden.length + texts + (drawsOf(method.name) === 'prompts' ? 0 : exemplars.count)),
  };
}

/** Requests like those of a cell, to see how fast a model is. */
export async function sampleRequests(config: MopConfig, sets: RecordSets, count: number) {
  const { training } = sampleRecords(sets, config);
  const template = await loadTemplate(config);
  const chosen = training.slice(0, count);
  const prompts = chosen.map(({ context, label }, i) => {
    const exemplar = chosen[(i + 1) % chosen.length]?.text;
    const values = { persona: LONG_PERSONA, exemplar, context, label };
    return renderPrompt(template, config.templates.role, values, config.prompt);
  });
  const { topP, maxTokens } = config.simulate;
  return {
    score: prompts.map((prompt, i): ScoreRequest => ({ prompt, completion: chosen[i]!.text })),
    generate: prompts.map((prompt, row): GenerateRequest => {
      return { prompt, temperature: 1, topP, maxTokens, seed: config.seed, row };
    }),
  };
}

const LONG_PERSONA = 'You are a person who often writes to the papers. '.repeat(5).slice(0, PERSONA);

function askedOf(config: MopConfig, records: JobRecords): Pick<Work, 'pairs' | 'texts'> {
  const { method, exemplars, simulate, evaluate } = config;
  if (drawsOf(method.name) === 'gate') {
    const { fit, validation, comparison, texts } = countPasses(config, records);
    return { pairs: fit + validation + comparison, texts };
  }
  // Two likelihoods of each exemplar, where no file has them.
  const scores = textSource(method.name).needs.includes('scores') && settingOf(config, 'scores') === undefined;
  return { pairs: scores ? 2 * exemplars.count : 0, texts: simulate.count * (1 + evaluate.baselines.length) };
}

/** A setting of the method, where it is one of its own. */
function settingOf({ method }: MopConfig, name: string): unknown {
  const own: SettingFacts = method.name === 'mop' ? {} : textSource(method.name).settings;
  return name in own ? method[name] : undefined;
}

async function promptTokens(config: MopConfig, training: readonly PopulationRecord[]): Promise<number> {
  const template = await loadTemplate(config);
  const draws = drawsOf(config.method.name);
  const role = draws === 'gate' || draws === 'pairs' ? config.templates.role : 'zeroShot';
  const record = Math.round(tokensOf(training) * CHARACTERS);
  const shown = Array<string>(config.exemplars.perPrompt).fill('x'.repeat(record));
  const { context, label } = training[0]!;
  const values = { persona: 'x'.repeat(PERSONA), exemplar: shown, context, label };
  const prompt = renderPrompt(template, role, values, config.prompt);
  const text = 'text' in prompt ? prompt.text : prompt.messages.map(({ content }) => content).join('');
  const demonstrations = Number(settingOf(config, 'demonstrations') ?? 0);
  return (text.length + demonstrations * record) / CHARACTERS;
}

/** Mean length of records, tokens. */
function tokensOf(records: readonly PopulationRecord[]): number {
  return records.reduce((sum, { text }) => sum + text.length, 0) / records.length / CHARACTERS;
}
