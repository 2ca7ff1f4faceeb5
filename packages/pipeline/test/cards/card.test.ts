import { describe, expect, it } from '@jest/globals';
import type { MetricValue } from '@mixture-of-personas/metrics';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { parse } from 'yaml';
import { datasetCard, labelSentence, promptLabelOf, type CardParts } from '../../src/cards/card.js';
import { datasetFeatures } from '../../src/artifacts/synthetic-files.js';

const figure: MetricValue = {
  name: 'frechet',
  value: 0.512345,
  interval: [0.4, 0.6],
  floor: 0.1,
  n: [1, 40],
  parts: {},
  settings: {},
  warnings: ['n is small'],
};

const row = (text: string): SyntheticRow => ({
  id: 'row-0',
  text,
  label: null,
  context: null,
  personaId: 'p0',
  exemplarId: 'e0',
  personaProbability: 0.5,
  exemplarProbability: 0.25,
  temperature: 1,
  seed: 7,
  model: 'fake',
  promptHash: '00',
});

const parts = (text: string): CardParts => ({
  manifest: { format: 1, config: { seed: 7 }, versions: {}, fingerprints: {}, stages: {} },
  metrics: {
    heldOut: {
      records: 12,
      pairsPerRecord: 10,
      likelihood: 'marginal',
      curvesAskedFor: 120,
      estimator: 'one estimator',
      ceiling: 4.5,
      propensity: { over: 'nothing', ordered: false, groups: [], information: null },
      speakers: [],
      rows: [
        {
          name: 'fitted gate',
          logLikelihood: { mean: -20.126, standardError: 0.5 },
          againstUniform: { mean: 1.25, standardError: 0.1 },
          againstZeroShot: { mean: 9, standardError: 0.2 },
          againstInitial: { mean: -3, standardError: 0.2 },
          fittedAgainst: null,
          temperature: { min: 0.9, mean: 1, max: 1.1 },
          effectivePairs: 5,
          withHalfThePairs: -20.5,
        },
      ],
    },
    evaluation: { encoder: 'fake', golden: 40, sets: [{ name: 'fitted gate', figures: { frechet: figure } }] },
  },
  rows: [row(text)],
});

describe('the data set card', () => {
  it('begins with front matter that the hub can read', () => {
    const card = datasetCard(parts('a text'));
    expect(parse(card.split('---\n')[1])).toEqual({
      tags: ['synthetic', 'mixture-of-personas'],
      size_categories: ['n<1K'],
      task_categories: ['text-generation'],
      configs: [{ config_name: 'default', data_files: 'synthetic.parquet' }],
      dataset_info: { features: datasetFeatures([row('a text')]) },
    });
  });

  it('states each figure with its interval and floor, the likelihoods with their errors, and the warnings', () => {
    const card = datasetCard(parts('a text'));
    expect(card).toContain('| frechet ↓ | 0.5123 \\[0.4, 0.6\\] | 0.1 |');
    expect(card).toContain(
      '| fitted gate | −20.13 (0.50, −0.37) | +1.25 (0.10) | −3.00 (0.20) |  | 1.00 (0.90–1.10) | 5.0 |',
    );
    expect(card).toContain('Note: frechet: n is small');
  });
});

describe('promptLabelOf', () => {
  const rows = (...labels: ('never' | 'always')[]): SyntheticRow[] =>
    labels.map((promptLabel) => ({ ...row('a text'), promptLabel }));

  it('tells whether none, some or all prompts say labels, and nothing of rows of an earlier version', () => {
    expect(promptLabelOf(rows('never', 'never'))).toEqual({ promptLabel: 'never' });
    expect(promptLabelOf(rows('never', 'always'))).toEqual({ promptLabel: 'some' });
    expect(promptLabelOf(rows('always', 'always'))).toEqual({ promptLabel: 'always' });
    expect(promptLabelOf([...rows('never'), row('a text')])).toEqual({});
  });

  it('is what the sentence says', () => {
    expect(labelSentence(rows('never'))).toMatch(/^No prompt says/);
    expect(labelSentence(rows('never', 'always'))).toMatch(/^1 of 2 prompts say/);
    expect(labelSentence(rows('always'))).toMatch(/^Every prompt says/);
    expect(labelSentence([row('a text')])).toBe('Prompts say every label that their wording can.');
  });
});
