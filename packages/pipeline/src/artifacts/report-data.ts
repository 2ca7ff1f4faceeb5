import { reportData } from '../analysis/report-data.js';
import { bytesArtifact, jsonArtifact } from './artifact.js';

/** All that the report shows and no other file of the run has. */
export const REPORT_DATA = jsonArtifact(
  { name: 'report.json', stage: 'describe', holds: 'All that the report shows and no other file has' },
  reportData,
);

/** The data set card. */
export const DATASET_CARD = bytesArtifact({
  name: 'README.md',
  stage: 'card',
  holds: 'Data set card, as the Hugging Face hub reads it',
});

/** The gate's card. */
export const GATE_CARD = bytesArtifact({ name: 'GATE_CARD.md', stage: 'card', holds: 'Card of the fitted gate' });

/** The report. */
export const REPORT_PAGE = bytesArtifact({
  name: 'report.html',
  stage: 'report',
  holds: 'The report, one page that needs no network',
});
