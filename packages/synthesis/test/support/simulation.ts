import { initialGate, type Gate } from '@mixture-of-personas/gating';
import { fakeModel } from '@mixture-of-personas/llm/testing';
import { takeRows } from '@mixture-of-personas/numeric';
import {
  chooseExemplars,
  simulate,
  templateFor,
  type PairSource,
  type Persona,
  type SimulateOptions,
  type SimulationInput,
  type SyntheticRow,
} from '../../src/index.js';
import { all, topicEmbeddings, topicRecords } from './records.js';

/** Records of three topics, by turns. */
export const records = topicRecords(12);
const chosen = chooseExemplars(records, 6, 1);
/** Six of them as exemplars. */
export const { exemplars, own } = chosen;
/** One persona per topic. */
export const personas: Persona[] = ['garden', 'sea', 'kitchen'].map((label, k) => ({
  id: `p00${k}`,
  persona: `You like the ${label}.`,
  source: 'file',
  label,
}));
/** Embeddings of the records. */
export const inputs = topicEmbeddings(12);
/** Embeddings of all three. */
export const embeddings = {
  inputs,
  personas: topicEmbeddings(3, 'personas'),
  exemplars: takeRows(inputs, chosen.indices),
};
/** A gate whose pairs are near the record. */
export const gate: Gate = {
  ...initialGate({ d: 5, hidden: 5, personas: 3 }, { similarity: 4 }),
  temperatures: Float64Array.of(0.5, 0.75, 1),
};
/** Its pairs. */
export const gated: Extract<PairSource, { kind: 'gate' }> = {
  kind: 'gate',
  gate,
  input: 'record',
  embeddings,
  ownExemplar: own,
};
/** The template of every text. */
export const template = templateFor('ag-news');

/** Forty texts by a fake model. */
export const made = (
  options: Partial<SimulateOptions> = {},
  more: Partial<SimulationInput> = {},
): Promise<SyntheticRow[]> =>
  all(
    simulate(
      { model: fakeModel(), template, personas, exemplars, records, pairs: gated, ...more },
      { count: 40, seed: 11, ...options },
    ),
  );
