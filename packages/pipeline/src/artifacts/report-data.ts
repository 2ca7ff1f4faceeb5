import { z } from 'zod';
import type { EmbeddingMap, MappedSet } from '../analysis/embedding-map.js';
import type { GateDiagnostics } from '../analysis/gate-diagnostics.js';
import type { ReportData } from '../analysis/report-data.js';
import { bytesArtifact, jsonArtifact, type Artifact, type BytesArtifact } from './artifact.js';
import { propensity } from './held-out.js';

const share = z.number();
const pair = z.tuple([z.number(), z.number()]);
const text = z.object({ id: z.string(), text: z.string() });
const cosines = z.object({ encoded: z.number().nullable(), seen: z.number().nullable() });

const diagnostics: z.ZodType<GateDiagnostics> = z.object({
  personas: z.array(z.object({ share, temperature: z.number(), texts: z.number() })),
  effectivePersonas: z.number(),
  leader: z.number(),
  leaderShare: share,
  meanLargest: share,
  cosines: z.object({ personas: cosines, inputs: cosines.nullable() }),
});

const mapped: z.ZodType<MappedSet> = z.object({
  count: z.number(),
  points: z.array(pair),
  mean: pair,
  covariance: z.tuple([z.number(), z.number(), z.number()]),
});

const map: z.ZodType<EmbeddingMap> = z.object({ golden: mapped, simulated: mapped, shares: pair });

const audited = z.object({
  ...text.shape,
  label: z.string().nullable(),
  context: z.string().nullable(),
  pairs: z.array(z.object({ persona: z.number(), exemplar: z.number(), weight: share, personaProbability: share })),
});

/** All that the report shows and no other file of the run has. */
export const REPORT_DATA: Artifact<ReportData> = jsonArtifact(
  { name: 'report.json', stage: 'describe', holds: 'All that the report shows and no other file has' },
  z.object({
    format: z.literal(1),
    counts: z.object({ training: z.number(), validation: z.number(), heldOut: z.number(), golden: z.number() }),
    diagnostics,
    propensity,
    map,
    audit: z.object({ from: z.enum(['held-out', 'training']), records: z.array(audited) }),
    nearest: z.object({ records: z.array(text), rows: z.array(pair.nullable()) }),
  }),
);

/** The data set card. */
export const DATASET_CARD: BytesArtifact = bytesArtifact({
  name: 'README.md',
  stage: 'card',
  holds: 'Data set card, as the Hugging Face hub reads it',
});

/** The gate's card. */
export const GATE_CARD: BytesArtifact = bytesArtifact({
  name: 'GATE_CARD.md',
  stage: 'card',
  holds: 'Card of the fitted gate',
});

/** The report. */
export const REPORT_PAGE: BytesArtifact = bytesArtifact({
  name: 'report.html',
  stage: 'report',
  holds: 'The report, one page that needs no network',
});
