// A Jest reporter that leaves its counts in the folder MOP_TEST_COUNTS, one file per run, for `npm run verify` to add up.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export default class CountingReporter {
  onRunComplete(_, results) {
    const counts = {
      passed: results.numPassedTests,
      // A file that cannot be loaded has no tests to fail: it counts as one.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(join(process.env.MOP_TEST_COUNTS, `${process.pid}.json`), JSON.stringify(counts));
  }
}
