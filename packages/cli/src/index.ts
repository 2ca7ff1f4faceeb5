// the command line as a function
export { main, type MainOptions } from './cli.js';
export type { Io, TextSink } from './output/io.js';
export type { ModelOpeners } from './model-openers.js';
// configuration
export { loadConfig, type LoadConfigOptions } from './config/load.js';
export { configSchema, type MopConfig } from './config/schema.js';
// data
export { loadRecords, readRecords, type RecordSource } from './data/records.js';
