// a mixture from a script
export {
  type GivenRecord,
  type GivenRecords,
  type MixtureOptions,
  type MixtureRun,
  mixtureOfPersonas,
} from './job/mixture-of-personas.js';
// a run from a configuration
export { type RunOptions, runPipeline } from './job/run-pipeline.js';
export type { JobResult } from './job/run-stages.js';
export { JOB_ENDS, type JobEnd } from './context/stage.js';
export { transferConfig } from './context/transfer.js';
export type { JobReporter, Progress, WorkLog } from './log.js';
export { type ModelOpeners, realOpeners } from './engines/model-openers.js';
// configuration
export { type LoadConfigOptions, loadConfig } from './config/load.js';
export { type MopConfig, configSchema } from './config/schema.js';
export { configOptions, settingsOf } from './config/flags.js';
export { starterConfig } from './config/starter.js';
export { nearest } from './config/nearest.js';
export { type ConfigSurvey, firstSettings, surveyConfig } from './context/survey.js';
export { type Check, doctorChecks } from './context/doctor-checks.js';
// records, matrices and files
export { type RecordSource, countRecords, loadRecords, readRecords } from './data/records.js';
export { RECORD_FORMATS, type RecordFormat } from './data/sources/formats.js';
export { decodeNpy, encodeNpy } from './data/arrays/npy.js';
export { type Disk, realDisk, writeAtomically } from './data/atomic.js';
// a run folder
export { openExistingRun } from './run-folder/run-folder.js';
export { configOf } from './run-folder/run-config.js';
export { decodeLines } from './data/tables/jsonl.js';
export { type RowExplanation, type RunSummary, explainRow, runSummary, stageTimesTable } from './cards/run-info.js';
export { figuresCaption, figuresTable, heldOutCaption, heldOutTable, speakersTable } from './cards/tables.js';
export { groupShiftTable, shiftSentence, shiftTable } from './cards/shift-table.js';
export { rewriteReport } from './report/rewrite-report.js';
export { type Audit, type AuditOptions, auditRun } from './audit/audit-run.js';
export { auditText } from './analysis/audit/audit-text.js';
export type { EpochHistory, FitHistory, StepHistory } from './artifacts/fit.js';
export type { HeldOutComparison } from './analysis/held-out.js';
export type { PropensityGroup } from './analysis/propensity.js';
export type { ReportData } from './analysis/report-data.js';
export type { RunMetrics } from './artifacts/metrics.js';
// experiments
export {
  type Experiment,
  type ExperimentChoice,
  experimentText,
  planExperiment,
  runExperiment,
} from './experiment/run/run-experiment.js';
export { isExperimentFile } from './experiment/read-definition.js';
export { type PlanCost, planCost, planText } from './experiment/plan/plan-cost.js';
export { type DatasetSurvey, surveyExperiment, surveyText } from './experiment/plan/survey-experiment.js';
// texts and embeddings apart from runs
export { embedToFile } from './engines/embed-file.js';
export { loadSets } from './engines/evaluated-sets.js';
export { type ScoreInput, scoreToFile, surveyScoreLines } from './engines/score-file.js';
export { BoundWidths, type WidthSummary, widthsTable } from './engines/score-widths.js';
export { crossed, metricsOf, thresholdOf } from './config/thresholds.js';
// text for people
export { durationText } from './tables/duration.js';
export { figuresText } from './tables/figures-text.js';
export { formatTable } from './tables/table.js';
// errors
export { type Problem, UserError, interrupted, problemOf } from './errors.js';
