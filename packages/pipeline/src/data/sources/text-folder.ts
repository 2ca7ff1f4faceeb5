import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { decodeText } from '../text/encodings.js';
import type { RawRow } from '../text/raw-row.js';

/** Class folders of aclImdb; `unsup` there has no labels and is left out. */
const IMDB_LABELS: Readonly<Record<string, string>> = { pos: 'positive', neg: 'negative' };

/**
 * A text a `.txt` file, in order of path; the folder a file lies in, below `folder`, is its label.
 * @param folder where the files are
 * @param imdb read only `pos` and `neg`, as positive and negative
 */
export async function* readTextFolder(folder: string, imdb: boolean): AsyncGenerator<RawRow, void> {
  const wanted = imdb ? Object.keys(IMDB_LABELS) : undefined;
  for await (const path of textFiles(folder, wanted)) {
    const key = relative(folder, path).split('\\').join('/');
    const parts = key.split('/');
    const parent = parts.length > 1 ? parts.at(-2) : undefined;
    const label = imdb && parent !== undefined ? IMDB_LABELS[parent] : parent;
    yield {
      fields: { text: decodeText(await readFile(path), path).replace(/\r?\n$/, ''), label },
      where: `file ${key}`,
      key,
    };
  }
}

async function* textFiles(folder: string, only?: readonly string[]): AsyncGenerator<string, void> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (only !== undefined && !only.includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* textFiles(path);
    else if (entry.name.endsWith('.txt')) yield path;
  }
}
