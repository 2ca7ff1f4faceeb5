/** An embedding that cannot be used: not finite, or not of the width of its neighbours. The message names the text. */
export class EmbeddingError extends Error {
  override readonly name = 'EmbeddingError';
  readonly code = 'embedding';
}

/** A model folder or hub repository that lacks what an encoder needs. The message names the file and what to do. */
export class ModelFilesError extends Error {
  override readonly name = 'ModelFilesError';
  readonly code = 'model-files';
}

/** A server that could not be reached, refused, or answered with something that is not embeddings. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code = 'server';
}

/** An embedding cache that could not be read or written; what was cached before is kept. */
export class CacheError extends Error {
  override readonly name = 'CacheError';
  readonly code = 'cache';
}

/** The text as a message can show it: quoted, on one line, cut to 60 characters. */
export function shown(text: string): string {
  const [...characters] = text;
  return JSON.stringify(characters.length > 60 ? `${characters.slice(0, 59).join('')}…` : text);
}

/** What an unknown thrown value says of itself. */
export function reasonOf(error: unknown): string {
  return error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error)
    ? String(error.message)
    : String(error);
}
