import type { LanguageModel, Prompt } from '@mixture-of-personas/llm';
import { randomFor, sampleWithoutReplacement, SettingError } from '@mixture-of-personas/numeric';
import { clusterRecords, type RecordCluster } from './clusters.js';
import { keywordPersona, personaOf, type ClusteredRecords } from './keyword-personas.js';
import { faultOf, personaText } from './persona-text.js';
import { promptTexts, renderPrompt } from '../prompts/render.js';
import type { Persona, PopulationRecord } from '../record.js';

/** Settings of persona synthesis. */
export interface PersonaOptions {
  /** K, 1 … number of records. */
  readonly count: number;
  readonly seed: number;
  /** Records of its cluster that a prompt shows, three quarters the nearest to the center and the rest at random. @defaultValue 8 */
  readonly perCluster?: number | undefined;
  /** Characters of a record that a prompt shows. @defaultValue 160 */
  readonly recordLength?: number | undefined;
  /** Sampling temperature of a description, > 0. @defaultValue 0.5 */
  readonly temperature?: number | undefined;
  /** Tokens of a description at most. @defaultValue 80 */
  readonly maxTokens?: number | undefined;
  /** Descriptions drawn before keywords stand in, each with other random records. @defaultValue 4 */
  readonly attempts?: number | undefined;
  /** Personas of an earlier, interrupted call with the same input and options: it goes on after them. */
  readonly earlier?: readonly Persona[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One persona made. */
export interface PersonaStep {
  /** Of the persona and its cluster, 0 … K−1. */
  readonly index: number;
  /** K. */
  readonly total: number;
  readonly persona: Persona;
  /** Descriptions that were drawn. */
  readonly attempts: number;
  /** Set where keywords replace a description. */
  readonly note?: PersonaNote;
}

/** Personas of a run that are keywords, although the language model should have described them. */
export interface PersonaNote {
  readonly code: 'keyword-personas';
  readonly personas: readonly string[];
  /** K. */
  readonly total: number;
  /** One sentence for people. */
  readonly message: string;
}

/**
 * Counts the personas for which keywords replace a description, of a set that the language model should have described: after a resume, or
 * over the runs of a comparison.
 * @returns undefined where there is none
 */
export function keywordNote(personas: readonly Persona[]): PersonaNote | undefined {
  const ids = personas.flatMap(({ id, source }) => (source === 'keywords' ? [id] : []));
  if (ids.length === 0) return undefined;
  const message = `${ids.length} of ${personas.length} personas have no usable description; their keywords stand in: ${ids.join(', ')}.`;
  return { code: 'keyword-personas', personas: ids, total: personas.length, message };
}

/** Words of its cluster that a prompt shows beside the records. */
const SHOWN_WORDS = 6;

/**
 * Personas as the paper makes them (§3.5): k-means over the records' embeddings, and for each cluster a description by the language model
 * from a few of its records. A description that is empty, a refusal, a copy, not about its cluster or no different from an earlier one is drawn
 * again; after `attempts` the cluster's keywords stand in and the step has a `note`.
 * Yields persona by persona in the order of the clusters; persona k depends on the input, the options and the personas before it alone. First
 * drafts are asked for as many at a time as the model works on.
 * @throws PersonaError when K exceeds the records; SettingError when a setting is out of range; PromptError when the template cannot describe
 */
export async function* synthesizePersonas(
  input: ClusteredRecords & { readonly model: LanguageModel },
  options: PersonaOptions,
): AsyncGenerator<PersonaStep> {
  const settings = settingsOf(options);
  const clusters = clusterRecords(input.records, input.embeddings, options);
  const personas = [...(options.earlier ?? [])];
  const total = clusters.length;
  const together = input.model.inFlight ?? 1;
  let drafts: Draft[] = [];
  for (let index = personas.length; index < total; index++) {
    options.signal?.throwIfAborted();
    const next = clusters.slice(index, index + together).map((cluster, n) => ({ cluster, index: index + n }));
    if (drafts.length === 0) drafts = await drawn(input, next, { ...settings, attempt: 0 });
    const step = await describe(input, next[0]!, { ...settings, personas, draft: drafts.shift()! });
    personas.push(step.persona);
    yield { index, total, ...step };
  }
}

type Tuning = Omit<PersonaOptions, 'earlier' | 'signal'>;
type Settings = { readonly [Name in keyof Tuning]-?: number } & { readonly signal: AbortSignal | undefined };

function settingsOf(options: PersonaOptions): Settings {
  const { perCluster = 8, recordLength = 160, temperature = 0.5, maxTokens = 80, attempts = 4 } = options;
  for (const [name, value] of Object.entries({ perCluster, recordLength, maxTokens, attempts })) {
    if (!Number.isInteger(value) || value < 1)
      throw new SettingError('synthesizePersonas', name, 'a whole number from 1 on', value);
  }
  const { count, seed, signal } = options;
  return { count, seed, perCluster, recordLength, temperature, maxTokens, attempts, signal };
}

type DescribeInput = ClusteredRecords & { readonly model: LanguageModel };

interface Described {
  readonly cluster: RecordCluster;
  readonly index: number;
}

interface Draft {
  readonly prompt: Prompt;
  readonly text: string;
}

/** One draw for each of several clusters, all asked for together. */
async function drawn(
  { template, records, model }: DescribeInput,
  asked: readonly Described[],
  options: Settings & { readonly attempt: number },
): Promise<Draft[]> {
  const { attempt, temperature, maxTokens, signal } = options;
  const requests = asked.map(({ cluster, index }) => {
    const shown = shownRecords(records, cluster, { ...options, index });
    const prompt = renderPrompt(template, 'describePersona', {
      records: shown.map((text) => `- ${text}`).join('\n'),
      keywords: cluster.keywords.slice(0, SHOWN_WORDS).join(', '),
    });
    const seed = Math.floor(randomFor(options.seed, 'persona text', index)() * 2 ** 32);
    return { prompt, temperature, maxTokens, seed, row: attempt };
  });
  const texts = requests.map(() => '');
  for await (const { index, text } of model.generate(requests, { signal })) {
    texts[index] = personaText(text);
  }
  return requests.map(({ prompt }, i) => ({ prompt, text: texts[i]! }));
}

/** The persona of a cluster from its first draft, or from further ones where that is not usable beside the personas before it. */
async function describe(
  input: DescribeInput,
  described: Described,
  options: Settings & { readonly personas: readonly Persona[]; readonly draft: Draft },
): Promise<Omit<PersonaStep, 'index' | 'total'>> {
  const { template } = input;
  const { cluster, index } = described;
  const { attempts, personas } = options;
  let fault = '';
  for (let attempt = 0; attempt < attempts; attempt++) {
    const [again] = attempt === 0 ? [] : await drawn(input, [described], { ...options, attempt });
    const { prompt, text } = again ?? options.draft;
    const others = personas.map(({ persona }) => persona);
    const found = faultOf(text, { shown: promptTexts(prompt), keywords: cluster.keywords, others });
    if (found === undefined) return { persona: personaOf(text, 'llm', cluster, index), attempts: attempt + 1 };
    fault = found;
  }
  const persona = keywordPersona(template, cluster, index, 'keywords');
  const message = `Persona ${persona.id}: no usable description in ${attempts} draws (the last one ${fault}); its keywords stand in.`;
  return {
    persona,
    attempts,
    note: { code: 'keyword-personas', personas: [persona.id], total: options.count, message },
  };
}

/** Mostly the records nearest to the center, which say what the cluster is; some from anywhere in it, which say how wide. */
function shownRecords(
  records: readonly PopulationRecord[],
  { members }: RecordCluster,
  options: Settings & { readonly attempt: number; readonly index: number },
): string[] {
  const { perCluster, recordLength, seed, index, attempt } = options;
  const nearest = members.slice(0, Math.ceil(perCluster * 0.75));
  const rest = members.slice(nearest.length);
  const random = randomFor(seed, `persona records ${attempt}`, index);
  const drawn = sampleWithoutReplacement(rest.length, perCluster - nearest.length, random);
  const chosen = [...nearest, ...Array.from(drawn, (i) => rest[i] as number)];
  return chosen.map((i) => shortened(records[i]?.text ?? '', recordLength));
}

function shortened(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length).replace(/\s+\S*$/, '')} …`;
}
