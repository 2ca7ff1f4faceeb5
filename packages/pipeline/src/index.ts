// The public surface of the pipeline.
export { auditText } from './analysis/audit/audit-text.js';
export { type Counterfactual, counterfactual } from './analysis/audit/counterfactual.js';
export { groupShares } from './analysis/audit/group-shares.js';
export { DEFAULT_TERMS, type GroupTerms, readGroupTerms } from './analysis/audit/group-terms.js';
export { type HeldOutComparison } from './analysis/held-out.js';
export { type PropensityGroup } from './analysis/propensity.js';
export { type ReportData } from './analysis/report-data.js';
export { type RowExplanation, type RunSummary, explainRow, runSummary } from './cards/run-info.js';
export { figuresCaption, figuresTable, heldOutCaption, heldOutTable, speakersTable } from './cards/tables.js';
export { configOptions, settingsOf } from './config/flags.js';
export { type LoadConfigOptions, loadConfig } from './config/load.js';
export { requireModelFolder } from './config/model-folder.js';
export { nearest } from './config/nearest.js';
export { type MopConfig, configSchema } from './config/schema.js';
export { starterConfig } from './config/starter.js';
export { crossed, metricsOf, thresholdOf } from './config/thresholds.js';
export { loadRecordSets } from './context/record-sets.js';
export { recordsFingerprint, sampleRecords } from './context/sample-records.js';
export { loadTemplate } from './context/text-files.js';
export { transferConfig } from './context/transfer.js';
export { type Disk, realDisk, writeAtomically } from './data/atomic.js';
export { RECORD_FORMATS, type RecordFormat } from './data/formats.js';
export { decodeNpy, encodeNpy } from './data/npy.js';
export { type RecordSource, countRecords, loadRecords, readRecords } from './data/records.js';
export { type Check, doctorChecks } from './engines/doctor-checks.js';
export { embedToFile } from './engines/embed-file.js';
export { loadSets } from './engines/evaluated-sets.js';
export { type ModelOpeners, realOpeners } from './engines/model-openers.js';
export { type ScoreInput, scoreToFile, surveyScoreLines } from './engines/score-file.js';
export { BoundWidths, type WidthSummary, widthsTable } from './engines/score-widths.js';
export { EXIT, type Problem, UserError, exitCodeOf, interrupted, problemOf } from './errors.js';
export { type Cell, cellsOf } from './experiment/cells.js';
export { type Definition } from './experiment/definition.js';
export { latexTable } from './experiment/latex-table.js';
export { sweepFigure } from './experiment/line-figure.js';
export { mapFigure, mappedCells } from './experiment/map-figure.js';
export { readDefinition, scaleOf } from './experiment/read-definition.js';
export { runCells } from './experiment/run-cells.js';
export { type CellFigures, type Summary, summaryOf } from './experiment/summary.js';
export {
  caption,
  csvTable,
  differenceCaption,
  differenceTable,
  mainTable,
  markdownTables,
} from './experiment/tables.js';
export type { JobResult } from './job/run-stages.js';
export { type RunOptions, runPipeline } from './job/run-pipeline.js';
export { JOB_ENDS, type JobEnd } from './context/stage.js';
export { configOf } from './run-folder/run-config.js';
export { type ReportInput, readReportInput } from './report/elements/report-input.js';
export { filesOn } from './run-folder/files.js';
export { decodeLines } from './run-folder/json-lines.js';
export { acquireLock } from './run-folder/lock.js';
export { openExistingRun } from './run-folder/run-folder.js';
export { type FitHistory } from './artifacts/fit.js';
export { durationText } from './tables/duration.js';
export { figuresText } from './tables/figures-text.js';
export { formatTable } from './tables/table.js';
export { rewriteReport } from './report/rewrite-report.js';
export type { JobReporter, Progress, WorkLog } from './log.js';
