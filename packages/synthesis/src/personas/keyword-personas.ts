import { randomFor, sampleWithoutReplacement, SettingError, type Matrix } from '@mixture-of-personas/numeric';
import { clusterRecords, describedGroups, requireCount, type RecordCluster } from './clusters.js';
import { PersonaError } from '../errors.js';
import { personaId } from './persona-id.js';
import { keywordSentence } from '../prompts/render.js';
import type { Persona, PopulationRecord } from '../record.js';
import type { PromptTemplate } from '../prompts/template.js';

/** Words in a keyword persona. */
const WORDS = 8;

/** Records with their embeddings and the template that says how keywords become a sentence. */
export interface ClusteredRecords {
  readonly records: readonly PopulationRecord[];
  /** One row per record. */
  readonly embeddings: Matrix;
  readonly template: PromptTemplate;
}

/**
 * K personas without a language model: k-means clusters, each said by its most telling words.
 * @throws PersonaError when K exceeds the records or a cluster has no words
 */
export function keywordPersonas(
  { records, embeddings, template }: ClusteredRecords,
  options: { readonly count: number; readonly seed: number },
): Persona[] {
  const clusters = clusterRecords(records, embeddings, options);
  return clusters.map((cluster, k) => keywordPersona(template, cluster, k, 'keywords'));
}

/**
 * K personas of no cluster: each from the words of a few records drawn at random, without replacement within a persona. The study that
 * shows what clustering is worth.
 * @param input records and template
 * @param options K, seed, and `perPersona`, the records per persona (default 5)
 * @throws PersonaError when K exceeds the records or drawn records have no words; SettingError when perPersona is out of range
 */
export function randomPersonas(
  { records, template }: Omit<ClusteredRecords, 'embeddings'>,
  options: { readonly count: number; readonly seed: number; readonly perPersona?: number | undefined },
): Persona[] {
  const { count, seed, perPersona = 5 } = options;
  requireCount(records, count);
  if (!Number.isInteger(perPersona) || perPersona < 1) {
    throw new SettingError('randomPersonas', 'perPersona', 'a whole number from 1 on', perPersona);
  }
  const groups = Array.from({ length: count }, (_, k) =>
    Array.from(sampleWithoutReplacement(records.length, perPersona, randomFor(seed, 'random personas', k))),
  );
  return describedGroups(records, groups).map((group, k) => keywordPersona(template, group, k, 'random'));
}

/** A cluster as a persona by its keywords. @throws PersonaError when it has none */
export function keywordPersona(
  template: PromptTemplate,
  cluster: RecordCluster,
  index: number,
  source: 'keywords' | 'random',
): Persona {
  const { keywords, members } = cluster;
  if (keywords.length === 0) {
    throw new PersonaError(
      `The ${members.length} records of persona ${index} have no words to describe it by. Drop records without words, or give personas in a file.`,
    );
  }
  return personaOf(keywordSentence(template, keywords.slice(0, WORDS)), source, cluster, index);
}

/** The persona of a cluster, said by a text. */
export function personaOf(
  persona: string,
  source: Persona['source'],
  { members, label }: RecordCluster,
  index: number,
): Persona {
  return { id: personaId(index), persona, source, size: members.length, ...(label === undefined ? {} : { label }) };
}
