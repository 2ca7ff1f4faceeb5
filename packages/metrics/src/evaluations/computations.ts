import type { MetricName } from '../figure.js';
import { frechet, frechetAtInfinity, vendiScore } from './gaussian-figures.js';
import { answers, downstream } from './label-figures.js';
import { mauveFigure } from './mauve-figure.js';
import { manifoldFigure, subgroup, twoSample } from './neighbour-figures.js';
import type { Computation } from './outcome.js';
import { cosineKl, energy, gaussianMmd, kernelInception } from './pair-figures.js';
import { distinctN, leak, selfBleuScore } from './text-figures.js';

/** How each metric is computed. A new one takes a name in `figure.ts`, a row in `metric-facts.ts` and a row here. */
export const computations: Readonly<Record<MetricName, Computation>> = {
  frechet,
  'frechet-infinity': frechetAtInfinity,
  mauve: mauveFigure,
  'cosine-kl': cosineKl,
  kid: kernelInception,
  mmd: gaussianMmd,
  precision: manifoldFigure('precision'),
  recall: manifoldFigure('recall'),
  density: manifoldFigure('density'),
  coverage: manifoldFigure('coverage'),
  vendi: vendiScore,
  'distinct-n': distinctN,
  'self-bleu': selfBleuScore,
  c2st: twoSample,
  energy,
  answers,
  subgroup,
  leak,
  f1: downstream,
};
