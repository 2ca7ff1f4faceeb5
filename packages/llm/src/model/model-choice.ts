import { ModelError } from './errors.js';

/** Which model to open, by engine. */
export type LanguageModelChoice = EmbeddedChoice | OnnxChoice | ServerChoice;

/** The small decoder that comes with this package, trained on US State of the Union addresses. */
export interface EmbeddedChoice {
  readonly kind: 'embedded';
}

/** A causal language model in the Hugging Face ONNX layout, from a folder or the hub. */
export interface OnnxChoice {
  readonly kind: 'onnx';
  /** A folder (absolute, or relative to the working folder), or a hub id such as `owner/name`. */
  readonly model: string;
}

/** A model behind one or several OpenAI-compatible servers that share the load. */
export interface ServerChoice {
  readonly kind: 'server';
  /** At least one; a server of weight 2 is given twice what one of weight 1 is. */
  readonly endpoints: readonly { readonly url: string; readonly weight: number }[];
  /** The name that the servers know the model by. */
  readonly model: string;
}

/**
 * Reads a choice as people write it in a config or on a command line.
 * @param text `embedded`, `onnx:FOLDER-OR-HUB-ID` or `server:URL[*WEIGHT][,URL[*WEIGHT]…]#MODEL`
 * @throws ModelError `choice` when the engine is unknown or the model's name is missing
 */
export function parseLanguageModelChoice(text: string): LanguageModelChoice {
  if (text === 'embedded') return { kind: 'embedded' };
  const colon = text.indexOf(':');
  const [kind, model] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  if (kind === 'server') return parseServerChoice(text, model);
  if (kind !== 'onnx') {
    throw new ModelError(
      'choice',
      `"${text}" names no engine; write embedded, onnx:FOLDER, onnx:HUB-ID or server:URL#MODEL.`,
    );
  }
  if (model.trim() === '') {
    throw new ModelError('choice', `"${text}" names no model; write a folder or a hub id after "onnx:".`);
  }
  return { kind, model };
}

/** The choice as `parseLanguageModelChoice` reads it, weights of 1 left out: what ids and manifests hold. */
export function formatServerChoice({ endpoints, model }: ServerChoice): string {
  return `server:${endpoints.map(({ url, weight }) => (weight === 1 ? url : `${url}*${weight}`)).join(',')}#${model}`;
}

function parseServerChoice(text: string, rest: string): ServerChoice {
  const hash = rest.lastIndexOf('#');
  const model = rest.slice(hash + 1).trim();
  if (hash < 0 || model === '') {
    throw new ModelError(
      'choice',
      `"${withoutPassword(text)}" names no model; write the name that the server knows it by after "#".`,
    );
  }
  const endpoints = rest
    .slice(0, hash)
    .split(',')
    .map((part) => endpointIn(part.trim()));
  return { kind: 'server', endpoints, model };
}

function endpointIn(part: string): ServerChoice['endpoints'][number] {
  const [, url = part, weight = '1'] = /^(.*)\*(\d+(?:\.\d+)?)$/.exec(part) ?? [];
  if (!/^https?:\/\/[^/\s]/.test(url) || !(Number(weight) > 0)) {
    throw new ModelError(
      'choice',
      `"${withoutPassword(part)}" is no server's address; write http://HOST:PORT, and "*2" after it for twice the load.`,
    );
  }
  if (withoutPassword(url) !== url) {
    const message = `The address ${withoutPassword(url)} holds a name or password; leave it out and put the key into the environment variable MOP_API_KEY.`;
    throw new ModelError('choice', message);
  }
  return { url, weight: Number(weight) };
}

/** An address without what stands before "@" in it, for messages. */
function withoutPassword(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, '//');
}
