import { z } from 'zod';
import type { ContextGains, HeldOutComparison } from '../analysis/held-out.js';
import type { Propensity } from '../analysis/propensity.js';
import type { WeightShift } from '../analysis/weight-shift.js';
import { jsonArtifact, type Artifact } from './artifact.js';
import { spread } from './fit.js';

const estimate = z.object({ mean: z.number(), standardError: z.number().nullable() });

/** Schema of π by group. */
export const propensity: z.ZodType<Propensity> = z.object({
  over: z.enum(['year', 'number', 'label', 'context', 'nothing']),
  ordered: z.boolean(),
  groups: z.array(z.object({ name: z.string(), records: z.number(), personas: z.array(z.number()) })),
  information: z
    .object({
      nats: z.number(),
      shuffledMean: z.number(),
      shuffledMax: z.number(),
      shuffles: z.number(),
      pValue: z.number(),
      ceiling: z.number(),
    })
    .nullable(),
});

const shifted = z.array(
  z.object({ id: z.string(), text: z.string(), context: z.string().nullable(), weight: z.number() }),
);
const shiftOfKind = z.object({ count: z.number(), effective: z.number(), gained: shifted, lost: shifted });
const shift: z.ZodType<WeightShift> = z.object({
  records: z.number(),
  personas: shiftOfKind,
  exemplars: shiftOfKind,
  groups: z
    .object({
      over: z.string(),
      rows: z.array(z.object({ name: z.string(), equal: z.number(), weight: z.number() })),
    })
    .nullable(),
});

const contexts: z.ZodType<ContextGains> = z.object({
  over: z.string(),
  all: estimate,
  groups: z.array(z.object({ name: z.string(), records: z.number(), overUniform: estimate, overNoContext: estimate })),
});

/** Schema of the held-out comparison. */
export const heldOutComparison: z.ZodType<HeldOutComparison> = z.object({
  records: z.number(),
  pairsPerRecord: z.number(),
  curvesAskedFor: z.number(),
  likelihood: z.enum(['marginal', 'conditional']),
  estimator: z.string(),
  rows: z.array(
    z.object({
      name: z.string(),
      logLikelihood: estimate,
      againstUniform: estimate.nullable(),
      againstZeroShot: estimate.nullable(),
      againstInitial: estimate.nullable().exactOptional(),
      fittedAgainst: estimate.nullable(),
      temperature: spread,
      effectivePairs: z.number().nullable(),
      withHalfThePairs: z.number().nullable(),
      pinned: z.literal(true).exactOptional(),
      width: z.number().exactOptional(),
    }),
  ),
  range: z.tuple([z.number(), z.number()]).exactOptional(),
  ceiling: z.number(),
  propensity,
  speakers: z.array(
    z.object({ groups: z.string(), personaId: z.string(), persona: z.string(), probability: z.number() }),
  ),
  shift: shift.exactOptional(),
  contexts: contexts.exactOptional(),
});

/** Log-likelihoods of held-out records under the mixture and what it is compared with. */
export const HELD_OUT: Artifact<HeldOutComparison> = jsonArtifact(
  { name: 'held-out.json', stage: 'compare', holds: 'Log-likelihoods of held-out records, and who speaks when' },
  heldOutComparison,
  2,
);
