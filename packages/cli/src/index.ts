// the command line as a function
export { main } from './cli.js';
export type { MainOptions } from './run-verb.js';
export type { Io, TextSink } from './terminal/io.js';
export type { ModelOpeners } from '@mixture-of-personas/pipeline';
// configuration
export { loadConfig, type LoadConfigOptions } from '@mixture-of-personas/pipeline';
export { configSchema, type MopConfig } from '@mixture-of-personas/pipeline';
// data
export { loadRecords, readRecords, type RecordSource } from '@mixture-of-personas/pipeline';
