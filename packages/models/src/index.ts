// a model by engine and name
export {
  formatModelChoice,
  parseModelChoice,
  type EmbeddedChoice,
  type ModelChoice,
  type OnnxChoice,
  type ServerChoice,
} from './choice.js';
// files of a model, in a folder or on the hub
export { hubCacheFolder } from './hub/cache.js';
export { openModelSource, type HubOptions, type ModelSource } from './hub/source.js';
export { hashFiles, readJson, readJsonObject, type JsonObject, type NamedFile } from './files.js';
// ONNX
export { externalDataFiles } from './onnx/external-data.js';
export { fieldsOf, joinBytes, lengthDelimited, numberField, textField, textOf, type Field } from './onnx/protobuf.js';
export { loadOnnx, openSession, type Onnx, type SessionOptions } from './onnx/session.js';
// tokenizers
export { openFastTokenizer, type FastTokenizer } from './tokenizer/fast-tokenizer.js';
// servers
export { apiKey, authorization, baseUrl } from './http/address.js';
export { exchange, exchangeBytes, type ExchangeSettings, type Question } from './http/exchange.js';
export { EXAMINE, Fault, Refusal, type FaultKind } from './http/fault.js';
export { exchangeWithRetries, type RetrySettings } from './http/retry.js';
// errors
export { ModelError, property, reasonOf } from './errors.js';
