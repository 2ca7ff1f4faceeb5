import type { EmbeddingMap } from './embedding-map.js';
import type { GateDiagnostics } from './gate-diagnostics.js';
import type { NearestGolden } from './nearest-golden.js';
import type { Propensity } from './propensity.js';

/** Content of `report.json`: all that the report shows and no other file of the run has, so that it is drawn without any model. */
export interface ReportData {
  readonly format: 1;
  /** Records of each kind. */
  readonly counts: {
    readonly training: number;
    readonly validation: number;
    readonly heldOut: number;
    readonly golden: number;
  };
  readonly diagnostics: GateDiagnostics;
  readonly propensity: Propensity;
  readonly map: EmbeddingMap;
  readonly audit: AuditSample;
  readonly nearest: NearestGolden;
}

/** Records with the pairs that the gate would choose for them, for people to rate. */
export interface AuditSample {
  /** Part of the data that the records belong to. */
  readonly from: 'held-out' | 'training';
  readonly records: readonly AuditRecord[];
}

/** One record of the audit. */
export interface AuditRecord {
  readonly id: string;
  readonly text: string;
  readonly label: string | null;
  readonly context: string | null;
  /** Largest π·Ω first. */
  readonly pairs: readonly AuditPair[];
}

/** A pair of the audit, persona and exemplar by their index. */
export interface AuditPair {
  readonly persona: number;
  readonly exemplar: number;
  /** π_k Ω_kj, 0 … 1. */
  readonly weight: number;
  /** π_k, 0 … 1. */
  readonly personaProbability: number;
}
