import { SettingError } from '@mixture-of-personas/numeric';

/** Which encoder to open. */
export type EncoderChoice =
  | {
      /** The table in this package: no download, no peer. */
      readonly kind: 'embedded';
    }
  | {
      readonly kind: 'onnx';
      /** A folder in the Hugging Face ONNX layout, or a hub id such as `sentence-transformers/all-mpnet-base-v2`. */
      readonly model: string;
      /** Weights file below `onnx/`, such as `model_quantized.onnx`; left out, see `readModelFolder` for the order of preference. */
      readonly file?: string;
    }
  | {
      readonly kind: 'server';
      /** Base URL of an OpenAI-compatible server, with or without `/v1`. */
      readonly url: string;
      readonly model: string;
      /** Name of the environment variable that holds the key; the key itself is never stored or printed. @defaultValue 'MOP_API_KEY' */
      readonly apiKeyEnv?: string;
    };

const FORMS = 'embedded, onnx:FOLDER-OR-HUB-ID[#FILE.onnx] or server:URL#MODEL';

/**
 * Reads `embedded`, `onnx:FOLDER-OR-HUB-ID`, `onnx:FOLDER-OR-HUB-ID#model_quantized.onnx` or `server:URL#MODEL`.
 * @throws SettingError when it is none of them
 */
export function parseEncoderChoice(text: string): EncoderChoice {
  if (text === 'embedded') return { kind: 'embedded' };
  const [, kind, rest = ''] = /^(onnx|server):(.+)$/s.exec(text) ?? [];
  const hash = rest.lastIndexOf('#');
  const before = hash < 0 ? rest : rest.slice(0, hash);
  const after = hash < 0 ? '' : rest.slice(hash + 1);
  if (kind === 'onnx') {
    return after.endsWith('.onnx') && before ? { kind, model: before, file: after } : { kind, model: rest };
  }
  if (kind === 'server' && after && /^https?:\/\/./.test(before)) return { kind, url: before, model: after };
  throw new SettingError('encoder', 'the choice', FORMS, JSON.stringify(text));
}

/** The choice as `parseEncoderChoice` reads it: what ids and manifests hold. Passwords in a URL are left out. */
export function formatEncoderChoice(choice: EncoderChoice): string {
  switch (choice.kind) {
    case 'embedded':
      return 'embedded';
    case 'onnx':
      return `onnx:${choice.model}${choice.file === undefined ? '' : `#${choice.file}`}`;
    case 'server':
      return `server:${choice.url.replace(/\/\/[^/@]*@/, '//')}#${choice.model}`;
  }
}
