// choosing and opening
export { formatEncoderChoice, parseEncoderChoice, type EncoderChoice } from './choice.js';
export { openEncoder, type OpenOptions } from './open.js';
// the interface every engine implements
export type { EmbedOptions, Encoder } from './encoder.js';
// remembering embeddings on disk
export { withCache, type CachedEncoder, type CacheOptions } from './cache/cache.js';
// errors
export { CacheError, EmbeddingError, ModelFilesError, ServerError } from './errors.js';
