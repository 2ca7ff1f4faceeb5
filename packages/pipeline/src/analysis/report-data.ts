import { z } from 'zod';
import { embeddingMapSchema } from './embedding-map.js';
import { gateDiagnosticsSchema } from './gate-diagnostics.js';
import { nearestGoldenSchema } from './nearest-golden.js';
import { propensity } from './propensity.js';
import { list } from './schema.js';

const auditPair = z.object({
  persona: z.number(),
  exemplar: z.number(),
  /** π_k Ω_kj, 0 … 1. */
  weight: z.number(),
  /** π_k, 0 … 1. */
  personaProbability: z.number(),
});

const auditRecord = z.object({
  id: z.string(),
  text: z.string(),
  label: z.string().nullable(),
  context: z.string().nullable(),
  /** Largest π·Ω first. */
  pairs: list(auditPair),
});

/** Content of `report.json`: all that the report shows and no other file of the run has, so that it is drawn without any model. */
export const reportData = z.object({
  format: z.literal(1),
  /** Records of each kind. */
  counts: z.object({ training: z.number(), validation: z.number(), heldOut: z.number(), golden: z.number() }),
  diagnostics: gateDiagnosticsSchema,
  propensity,
  map: embeddingMapSchema,
  /** Records with the pairs that the gate would choose for them, for people to rate, and the part of the data that they belong to. */
  audit: z.object({ from: z.enum(['held-out', 'training']), records: list(auditRecord) }),
  nearest: nearestGoldenSchema,
});

/** A pair of the audit, persona and exemplar by their index. */
export type AuditPair = z.infer<typeof auditPair>;

/** One record of the audit. */
export type AuditRecord = z.infer<typeof auditRecord>;

/** Content of `report.json`. */
export type ReportData = z.infer<typeof reportData>;
